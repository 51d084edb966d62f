/** What the manifest of a package must be before it is published. */
import type { StepOutcome } from '../steps.ts'

/** The fields of a package.json that are read here. */
export interface ReleasedManifest {
  readonly name: string
  readonly version: string
  readonly scripts?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly repository?: { readonly url?: string }
}

/** Scripts that npm runs on the machine of a user who installs the package. */
const installScripts = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare']

/** Nothing of ours runs when somebody installs it. */
export function checkNoInstallScripts(manifests: readonly ReleasedManifest[]): StepOutcome {
  const complaints = manifests.flatMap(({ name, scripts = {} }) =>
    installScripts
      .filter((script) => script in scripts)
      .map((script) => `${name}: has the script ${script} (expected: no script that runs at installation)`),
  )
  return { ok: complaints.length === 0, output: complaints.join('\n') }
}

/** Packages that are released together accept each other: each range includes the version beside it and ends before the next major one. */
export function checkPeerRanges(manifests: readonly ReleasedManifest[]): StepOutcome {
  const versions = new Map(manifests.map(({ name, version }) => [name, version] as const))
  const distinct = [...new Set(versions.values())]
  const complaints = manifests.flatMap(({ name, peerDependencies = {} }) =>
    Object.entries(peerDependencies).flatMap(([peer, range]) => {
      const version = versions.get(peer)
      if (version === undefined) return []
      const nextMajor = `${Number(version.split('.')[0]) + 1}.0.0`
      return [
        ...(includes(range, version) ? [] : [`${name}: peer ${peer} ${range} (expected: a range with ${version})`]),
        ...(includes(range, nextMajor)
          ? [`${name}: peer ${peer} ${range} (expected: a range without ${nextMajor})`]
          : []),
      ]
    }),
  )
  if (distinct.length > 1) complaints.push(`versions ${distinct.join(', ')} (expected: one for all packages)`)
  return { ok: complaints.length === 0, output: complaints.join('\n') }
}

/** Whether a range of comparators (`>=0.1.0 <1.0.0`, `^8.0.0`) includes a version. @throws Error for any other way to write a range */
export function includes(range: string, version: string): boolean {
  return range.split(' ').every((comparator) => {
    const [, operator, bound = ''] = /^(>=|<|\^)(\d+\.\d+\.\d+)$/.exec(comparator) ?? []
    if (operator === '>=') return compare(version, bound) >= 0
    if (operator === '<') return compare(version, bound) < 0
    if (operator === '^') return compare(version, bound) >= 0 && compare(version, caretEnd(bound)) < 0
    throw new Error(`range ${range} (expected: >=1.2.3 <2.0.0 or ^1.2.3)`)
  })
}

/** The first version that `^bound` leaves out: the leftmost number that is not zero, raised. */
function caretEnd(bound: string): string {
  const [major = 0, minor = 0, patch = 0] = numbers(bound)
  if (major > 0) return `${major + 1}.0.0`
  return minor > 0 ? `0.${minor + 1}.0` : `0.0.${patch + 1}`
}

function compare(one: string, other: string): number {
  const [left, right] = [numbers(one), numbers(other)]
  const index = left.findIndex((value, at) => value !== right[at])
  return index === -1 ? 0 : (left[index] ?? 0) - (right[index] ?? 0)
}

function numbers(version: string): readonly number[] {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`version ${version} (expected: three numbers)`)
  return version.split('.').map(Number)
}
