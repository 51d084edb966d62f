/** The file name is the idea, written in one way everywhere. */
import { basename } from 'node:path'
import type { Rule } from '../rule.ts'

/** Names of everything in source folders, tests too. */
export const fileNames: Rule = {
  name: 'file names are kebab-case',
  check(checkout) {
    return checkout.files
      .filter((path) => checkout.workspaces.some((workspace) => path.startsWith(`${workspace}/src/`)))
      .filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z-]+)+$/.test(basename(path)))
      .map((file) => ({ file, got: `the name ${basename(file)}`, expected: 'kebab-case' }))
  },
}
