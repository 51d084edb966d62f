import { expect, test } from 'vitest'
import { checkNoInstallScripts, checkPeerRanges, includes } from './manifests.ts'

const core = { name: '@evenkeel/core', version: '0.2.0' }
const probes = { name: '@evenkeel/probes', version: '0.2.0' }

test.each(['preinstall', 'install', 'postinstall', 'prepare'])('the script %s is refused', (script) => {
  expect(checkNoInstallScripts([{ ...core, scripts: { [script]: 'node surprise.js' } }])).toEqual({
    ok: false,
    output: `@evenkeel/core: has the script ${script} (expected: no script that runs at installation)`,
  })
})

test('scripts that run only here are none', () => {
  expect(checkNoInstallScripts([{ ...core, scripts: { build: 'tsup', prepack: 'node pack.ts' } }]).ok).toBe(true)
})

test.each(['>=0.0.0 <1.0.0', '^0.2.0', '>=0.2.0 <0.3.0'])('packages of 0.2.0 accept each other by %s', (range) => {
  expect(checkPeerRanges([core, { ...probes, peerDependencies: { '@evenkeel/core': range, undici: '*' } }])).toEqual({
    ok: true,
    output: '',
  })
})

test.each(['^0.1.0', '>=0.0.0 <0.2.0'])('the range %s leaves out the core it is released with', (range) => {
  expect(checkPeerRanges([core, { ...probes, peerDependencies: { '@evenkeel/core': range } }])).toEqual({
    ok: false,
    output: `@evenkeel/probes: peer @evenkeel/core ${range} (expected: a range with 0.2.0)`,
  })
})

test('a range without an end would accept a core that breaks', () => {
  expect(checkPeerRanges([core, { ...probes, peerDependencies: { '@evenkeel/core': '>=0.0.0' } }])).toEqual({
    ok: false,
    output: '@evenkeel/probes: peer @evenkeel/core >=0.0.0 (expected: a range without 1.0.0)',
  })
})

test('packages of one release have one version', () => {
  expect(checkPeerRanges([core, { ...probes, version: '0.1.0' }]).output).toBe(
    'versions 0.2.0, 0.1.0 (expected: one for all packages)',
  )
})

test.each([
  ['^1.2.3', '1.9.0', true],
  ['^1.2.3', '2.0.0', false],
  ['^1.2.3', '1.2.2', false],
  ['^0.2.1', '0.3.0', false],
  ['^0.0.0', '0.0.0', true],
  ['^0.0.0', '0.0.1', false],
  ['>=1.10.0 <2.0.0', '1.9.0', false],
])('of the range %s and the version %s the answer is %s', (range, version, included) => {
  expect(includes(range, version)).toBe(included)
})

test('a range of another form is not guessed at', () => {
  expect(() => includes('1.x', '1.0.0')).toThrow('range 1.x (expected: >=1.2.3 <2.0.0 or ^1.2.3)')
})
