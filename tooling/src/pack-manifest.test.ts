import { expect, test } from 'vitest'
import { withoutSource } from './pack-manifest.ts'

test('a packed manifest leads to dist only, in the order types then default', () => {
  const packed = withoutSource({
    '.': { source: './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  })
  expect(JSON.stringify(packed)).toBe(
    '{".":{"types":"./dist/index.d.ts","default":"./dist/index.js"},"./package.json":"./package.json"}',
  )
})
