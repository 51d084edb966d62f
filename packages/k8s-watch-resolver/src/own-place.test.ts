import { expect, test } from 'vitest'
import { folderOf } from './access/testing/folder.ts'
import { ownPlace } from './own-place.ts'

const zone = 'topology.kubernetes.io/zone'

test('what is given goes before variables, and these before the file', () => {
  const file = folderOf({ labels: `app="shop"\n${zone}="c"\n` }).path
  const labels = `${file}/labels`
  expect(ownPlace({ node: 'a-1', zone: 'a' }, { node: 'b-1', zone: 'b' }, labels)).toEqual({ node: 'a-1', zone: 'a' })
  expect(ownPlace({}, { node: 'b-1', zone: 'b' }, labels)).toEqual({ node: 'b-1', zone: 'b' })
  expect(ownPlace({}, { node: 'b-1' }, labels)).toEqual({ node: 'b-1', zone: 'c' })
})

test('an option that is undefined is one that was not given', () => {
  expect(ownPlace({ node: undefined, zone: undefined }, { node: 'b-1', zone: 'b' }, '/nowhere')).toEqual({
    node: 'b-1',
    zone: 'b',
  })
})

test('without a file, or a label in it, the zone is not known', () => {
  expect(ownPlace({}, {}, '/nowhere/labels')).toEqual({ node: undefined, zone: undefined })
  const { path } = folderOf({ labels: 'app="shop"\n' })
  expect(ownPlace({}, {}, `${path}/labels`)).toEqual({ node: undefined, zone: undefined })
})

test('a line that is no label, also one with a quotation mark inside, hides no other', () => {
  const { path } = folderOf({ labels: `odd\nsaid="a \\"b\\""\n${zone}="eu-1"` })
  expect(ownPlace({}, {}, `${path}/labels`).zone).toBe('eu-1')
})
