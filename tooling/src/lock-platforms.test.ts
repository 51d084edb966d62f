import { expect, test } from 'vitest'
import { completed, platformOf } from './lock-platforms.ts'

test.each([
  ['@biomejs/cli-darwin-arm64', { cpu: ['arm64'], os: ['darwin'] }],
  ['@biomejs/cli-linux-x64-musl', { cpu: ['x64'], libc: ['musl'], os: ['linux'] }],
  ['@rollup/rollup-linux-arm-gnueabihf', { cpu: ['arm'], libc: ['glibc'], os: ['linux'] }],
  ['@turbo/windows-64', { cpu: ['x64'], os: ['win32'] }],
  ['fsevents', { os: ['darwin'] }],
  ['picomatch', undefined],
])('the platform of %s is read from its name', (name, platform) => {
  expect(platformOf(name)).toEqual(platform)
})

test('a missing optional package gets an entry, a described one keeps its own', () => {
  const described = { version: '1.0.0', integrity: 'kept' }
  const packages = completed({
    'node_modules/tool': {
      version: '1.0.0',
      dev: true,
      optionalDependencies: { 'tool-linux-x64': '1.0.0', 'tool-darwin-x64': '1.0.0' },
    },
    'node_modules/tool-linux-x64': described,
  })
  expect(packages['node_modules/tool-linux-x64']).toBe(described)
  expect(packages['node_modules/tool-darwin-x64']).toEqual({
    version: '1.0.0',
    cpu: ['x64'],
    dev: true,
    optional: true,
    os: ['darwin'],
  })
})
