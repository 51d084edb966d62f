import { expect, test } from 'vitest'
import { endsInitialEvents, keyOf } from './object.ts'

test('an object is known by its namespace and name, as far as it has them', () => {
  expect(keyOf({ metadata: { namespace: 'shop', name: 'a' } })).toBe('shop/a')
  expect(keyOf({ metadata: { name: 'a' } })).toBe('/a')
  expect(keyOf({ metadata: null })).toBe('/')
})

test('only the annotation with its value ends initial events', () => {
  const marked = (value: string) => ({ metadata: { annotations: { 'k8s.io/initial-events-end': value } } })
  expect(endsInitialEvents(marked('true'))).toBe(true)
  expect(endsInitialEvents(marked('false'))).toBe(false)
  expect(endsInitialEvents({ metadata: { annotations: null } })).toBe(false)
  expect(endsInitialEvents({})).toBe(false)
})
