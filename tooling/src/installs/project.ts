/** A project of a kind: made in an empty folder from packed tarballs, built and run, as a user would. */
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Tarball } from '../packed/tarballs.ts'
import { type StepOutcome, start } from '../steps.ts'
import type { Kind, Program } from './kind.ts'

/** What is tried. */
export interface Goods {
  /** The packed packages; each one is installed. */
  readonly tarballs: readonly Pick<Tarball, 'name' | 'path'>[]
  /** What our packages ask their user to install, by version. */
  readonly peers: Readonly<Record<string, string>>
  /** What every project runs. */
  readonly program: Program
}

/** How a project went. */
export interface Trial extends StepOutcome {
  /** What was installed, by name; our own packages are left out. */
  readonly versions: Readonly<Record<string, string>>
}

/** Generous: a build of Next.js takes most of a minute on two cores that are shared. */
const commandSeconds = 300

/** Makes, builds and runs the project below `directory`; `node` is the path of the Node it runs on. Rejects only if the folder cannot be written. */
export async function tryProject(kind: Kind, goods: Goods, directory: string, node: string): Promise<Trial> {
  const home = join(directory, kind.name)
  writeProject(kind, goods, home)
  const environment = {
    // Programs of the project before those of whoever runs this.
    PATH: [dirname(node), join(home, 'node_modules/.bin'), process.env.PATH].join(':'),
    NODE_OPTIONS: '',
    // No program of the project sends home what it was used for.
    NEXT_TELEMETRY_DISABLED: '1',
  }
  // No script of a package runs: none of ours needs one.
  const install = ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
  const installed = await start('npm', install, { directory: home })
  if (!installed.ok) return { ok: false, output: `npm install\n${installed.output}`, versions: {} }
  const versions = installedVersions(kind, goods, home)
  const wrong = await wrongNode(node, home, environment)
  if (wrong !== undefined) return { ok: false, output: wrong, versions }
  let said = ''
  for (const command of kind.commands) {
    const { ok, output } = await start('timeout', [String(commandSeconds), ...command], {
      directory: home,
      environment,
    })
    if (!ok) return { ok, output: `${command.join(' ')}\n${output}`, versions }
    said = output
  }
  const { says = goods.program.says } = kind
  if (said.includes(says)) return { ok: true, output: said, versions }
  return { ok: false, output: `${kind.commands.at(-1)?.join(' ')}\n${said}\n(expected: ${says})`, versions }
}

/** A project that runs on another Node than it says would prove nothing. */
async function wrongNode(
  node: string,
  home: string,
  environment: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const found = await start('node', ['-p', 'process.execPath'], { directory: home, environment })
  const path = existsSync(node) ? realpathSync(node) : node
  if (found.ok && realpathSync(found.output.trim()) === path) return undefined
  return `node of the project: ${found.output.trim()} (expected: ${path})`
}

function writeProject(kind: Kind, { tarballs, peers, program }: Goods, home: string): void {
  const ours = Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`]))
  const manifest = {
    name: 'project',
    private: true,
    ...kind.manifest,
    dependencies: { ...ours, ...peers, ...kind.dependencies },
  }
  const files = { ...kind.files(program), 'package.json': JSON.stringify(manifest, undefined, 2) }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
}

function installedVersions(kind: Kind, { peers }: Goods, home: string): Readonly<Record<string, string>> {
  const names = Object.keys({ ...peers, ...kind.dependencies })
  const manifests = names.map((name) => [name, join(home, 'node_modules', name, 'package.json')] as const)
  return Object.fromEntries(
    manifests
      .filter(([, path]) => existsSync(path))
      .map(([name, path]) => [name, JSON.parse(readFileSync(path, 'utf8')).version]),
  )
}
