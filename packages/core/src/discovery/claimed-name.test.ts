import { expect, test } from 'vitest'
import { claimedName } from './claimed-name.ts'
import { parseTarget } from './target.ts'

const shop = { namespace: 'shop' }

test.each([
  ['user-service', true],
  ['user-service:8080', true],
  ['localhost', false],
  ['LOCALHOST.:3000', false],
  ['user-service.shop', true],
  ['user-service.bank', false],
  ['example.com', false],
  ['user-service.bank.svc', true],
  ['user-service.bank.svc.cluster.local.', true],
  ['localhost.shop', true],
])('in namespace shop the claim of %s is %s', (text, claimed) => {
  expect(claimedName(parseTarget(text), shop)).toBe(claimed)
})

test('a list of namespaces takes the place of the own one for names of two labels', () => {
  const options = { namespace: 'shop', namespaces: ['bank'] }
  expect(claimedName(parseTarget('a.bank'), options)).toBe(true)
  expect(claimedName(parseTarget('a.shop'), options)).toBe(false)
  expect(claimedName(parseTarget('a'), options)).toBe(true)
})

test('without an own namespace a single label is nobody’s', () => {
  expect(claimedName(parseTarget('a'), { namespace: undefined })).toBe(false)
  expect(claimedName(parseTarget('a.b'), { namespace: undefined })).toBe(false)
  expect(claimedName(parseTarget('a.b.svc'), { namespace: undefined })).toBe(true)
})

test('a target that was not read from a text counts as not qualified', () => {
  expect(claimedName({ service: 'a', namespace: 'bank', port: undefined }, shop)).toBe(false)
})
