/** Who knows one package knows them all: the same files in each, and nothing else at its root. */
import type { Rule } from '../rule.ts'

const required = [
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsup.config.ts',
  'turbo.json',
  'README.md',
  'api.md',
  'src/index.ts',
]

/** Files and folders that only some packages have: what releases write, programs that the packed check runs, and what an administrator applies. */
const allowed = ['CHANGELOG.md', 'LICENSE', 'package.json.unpacked', 'programs/', 'rbac.yaml', 'src/']

/** The files of each package. */
export const packageFiles: Rule = {
  name: 'every package has the same files',
  check(checkout) {
    return checkout.packages.flatMap((folder) => [
      ...required
        .filter((name) => !checkout.exists(`${folder}/${name}`))
        .map((name) => ({ file: folder, got: `no ${name}`, expected: 'the same files in every package' })),
      ...checkout.files
        .filter((path) => path.startsWith(`${folder}/`))
        .filter((path) => !isKnown(path.slice(folder.length + 1)))
        .map((file) => ({
          file,
          got: 'a file that no other package has',
          expected: 'the same files in every package',
        })),
    ])
  },
}

function isKnown(name: string): boolean {
  return (
    required.includes(name) || allowed.some((other) => (other.endsWith('/') ? name.startsWith(other) : name === other))
  )
}
