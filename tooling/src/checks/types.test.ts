import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plantedCheckout } from '../testing/planted-checkout.ts'
import { checkTypes } from './types.ts'

const root = join(import.meta.dirname, '../../..')

// Six runs of the compiler, beside the other tests.
test('a type error in any workspace is refused with its file and line, and nothing else is', async () => {
  const config = { extends: join(root, 'tsconfig.base.json'), include: ['src'] }
  const planted = plantedCheckout({
    'package.json': { type: 'module' },
    'packages/one/tsconfig.json': config,
    'packages/one/src/index.ts': 'export const port: number = 80\n',
    'apps/two/tsconfig.json': config,
    'apps/two/src/main.test.ts': 'export const port: number = 80\n',
    'tooling/tsconfig.json': config,
    'tooling/src/tool.ts': 'export const port: number = 80\n',
  })
  symlinkSync(join(root, 'node_modules'), join(planted.root, 'node_modules'))
  try {
    expect(await checkTypes(planted.root)).toEqual({ ok: true, output: '' })
    planted.plant('apps/two/src/main.test.ts', "export const port: number = '80'\n")
    const { ok, output } = await checkTypes(planted.root)
    expect(ok).toBe(false)
    expect(output).toMatch(/^apps\/two\/src\/main\.test\.ts\(1,14\): error TS2322/)
    expect(output.match(/error/g)).toHaveLength(1)
  } finally {
    planted[Symbol.dispose]()
  }
}, 60_000)
