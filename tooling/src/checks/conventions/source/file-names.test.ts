import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { complaintsOf } from '../complaints.ts'
import { fileNames } from './file-names.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({})
})

afterEach(() => checkout[Symbol.dispose]())

test('names in kebab-case pass, with the ends that say what a file is for', () => {
  for (const name of ['index.ts', 'endpoint-set.test.ts', 'http2.ts', 'types.test-d.ts'])
    checkout.plant(`tooling/src/${name}`, '')
  expect(complaintsOf(checkout.root, [fileNames])).toEqual([])
})

test.each(['endpointSet.ts', 'endpoint_set.ts', 'Endpoint.ts', 'endpoint--set.ts', 'endpointSet.test.ts'])(
  '%s is red',
  (name) => {
    checkout.plant(`packages/core/src/room/${name}`, '')
    expect(complaintsOf(checkout.root, [fileNames])).toEqual([
      `packages/core/src/room/${name}: the name ${name} (expected: kebab-case)`,
    ])
  },
)
