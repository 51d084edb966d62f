/**
 * What comes along and under which licence: writes docs/dependencies.md from manifests, lockfile and installed packages, and refuses licences that nobody
 * has agreed to.
 *
 * After a build: `node tooling/src/checks/licences.ts` writes the page.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Installed, installedKb, installedWith, publicFolders, readLock } from '../release/installed.ts'
import type { StepOutcome } from '../steps.ts'

const page = 'docs/dependencies.md'

/** Permissive, and asking for nothing but the notice: what a user of a package gets. */
const allowedForUsers = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']

/**
 * Also for what only builds and tests this repository; nothing of it is shipped. MPL-2.0 asks for the source of changed files, and none is changed; PSF-2.0
 * asks for its notice and a list of changes.
 */
const allowedForDevelopment = [...allowedForUsers, 'BlueOak-1.0.0', 'MPL-2.0', 'PSF-2.0', 'Unlicense']

/** Own sizes move with every commit; the page shall not. */
const ownKbStep = 100

/** Complains about each licence that is not allowed, by package, and about a page that is stale. Needs a build. */
export function checkLicences(root: string): StepOutcome {
  const path = join(root, page)
  const committed = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const stale =
    committed === formatPage(root) ? [] : [`${page}: stale (expected: what tooling/src/checks/licences.ts writes)`]
  const complaints = [...forbidden(root), ...stale]
  return { ok: complaints.length === 0, output: complaints.join('\n') }
}

/** Writes the page, and complains about licences that are not allowed. Needs a build. */
export function writeLicences(root: string): StepOutcome {
  writeFileSync(join(root, page), formatPage(root))
  const complaints = forbidden(root)
  return { ok: complaints.length === 0, output: complaints.join('\n') }
}

/** Whether an SPDX expression can be satisfied by licences of the list: one side of every OR, both of every AND. */
export function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const bare = expression.trim().replace(/^\((.*)\)$/, '$1')
  if (/[()]/.test(bare)) return false
  return bare.split(/ OR /i).some((side) => side.split(/ AND /i).every((name) => allowed.includes(name.trim())))
}

function forbidden(root: string): readonly string[] {
  const users = publicFolders(root).flatMap((folder) => installedWith(root, folder))
  const complain = (name: string, licence: string, allowed: readonly string[]): readonly string[] =>
    isAllowed(licence, allowed) ? [] : [`${name}: licence ${licence} (expected: one of ${allowed.join(', ')})`]
  return [
    ...new Set([
      ...users.flatMap(({ path, licence }) => complain(path, licence, allowedForUsers)),
      ...developmentLicences(root).flatMap(([path, licence]) => complain(path, licence, allowedForDevelopment)),
    ]),
  ]
}

/**
 * Every foreign package of the lockfile and its licence. What the lockfile does not tell, the installed package does; programs for other platforms, of which
 * it does not tell and which are not installed, are left out.
 */
function developmentLicences(root: string): readonly (readonly [path: string, licence: string])[] {
  return foreignEntries(root).flatMap(([path, { license, optional }]) => {
    const manifest = join(root, path, 'package.json')
    if (existsSync(manifest)) return [[path, JSON.parse(readFileSync(manifest, 'utf8')).license ?? 'unknown'] as const]
    return license === undefined && optional === true ? [] : [[path, license ?? 'unknown'] as const]
  })
}

function foreignEntries(root: string): readonly (readonly [string, ReturnType<typeof readLock>[string]])[] {
  return Object.entries(readLock(root)).filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
}

function formatPage(root: string): string {
  const rows = publicFolders(root).map((folder) => formatRow(root, installedWith(root, folder)))
  // Only the lockfile, which is the same on every machine.
  const told = foreignEntries(root).map(([, { license }]) => license)
  const counts = new Map<string, number>()
  for (const licence of told) if (licence !== undefined) counts.set(licence, (counts.get(licence) ?? 0) + 1)
  const sorted = [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
  const untold = told.filter((licence) => licence === undefined).length
  return `# Dependencies

What each package brings when it is installed, and under which licences. Written by \`npm run check -- --fix\`; \`npm run check\` fails when it is stale or a licence is not allowed.

## What a package brings

Everything that npm installs with it, peers and their dependencies included, in the versions that the repository is tested with. KB are thousands of bytes on
disk; those of our own packages are rounded up to ${ownKbStep}. No package has an install script.

| package | packages in all | own KB | others | KB in all | licences |
|---|---|---|---|---|---|
${rows.join('\n')}

## What the repository is built and tested with

${told.length} packages in the lockfile, on every platform together; no package contains any of them.

| licence | packages |
|---|---|
${sorted.map(([licence, count]) => `| ${licence} | ${count} |`).join('\n')}

For ${untold} more, programs and helpers for single platforms, the lockfile does not tell; the check reads the licence where they are installed.

Allowed for what users get: ${allowedForUsers.join(', ')}. For development also: ${allowedForDevelopment
    .filter((name) => !allowedForUsers.includes(name))
    .join(', ')}.
`
}

function formatRow(root: string, installed: readonly Installed[]): string {
  const kb = (one: Installed): number => {
    const exact = installedKb(root, one)
    return one.path.startsWith('packages/') ? Math.ceil(exact / ownKbStep) * ownKbStep : exact
  }
  const [own, ...others] = installed
  if (own === undefined) return ''
  const names = others.map((one) => `${one.name}${one.path.startsWith('packages/') ? '' : ` ${one.version}`}`)
  const licences = [...new Set(installed.map(({ licence }) => licence))].sort()
  const total = installed.reduce((sum, one) => sum + kb(one), 0)
  const format = (value: number): string => value.toLocaleString('en-US')
  return `| ${own.name} | ${installed.length} | ${format(kb(own))} | ${names.length === 0 ? 'none' : names.join(', ')} | ${format(total)} | ${licences.join(', ')} |`
}

if (import.meta.main) {
  const { ok, output } = writeLicences(join(import.meta.dirname, '../../..'))
  if (!ok) {
    console.error(output)
    process.exitCode = 1
  }
}
