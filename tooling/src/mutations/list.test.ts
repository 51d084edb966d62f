import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mutations } from './list.ts'
import { broken } from './mutation.ts'

const root = join(import.meta.dirname, '../../..')

test.each(mutations)('what breaking $rule replaces stands in its source', (mutation) => {
  expect(broken(root, mutation)).toContain(mutation.to)
})
