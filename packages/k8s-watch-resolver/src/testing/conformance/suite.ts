/**
 * All rules, in order. W-23, which needs a thousand clients and no server, is in `crowd.ts`.
 */
import type { Rule } from './rule.ts'
import { beginning } from './rules/beginning.ts'
import { closing } from './rules/closing.ts'
import { connections } from './rules/connections.ts'
import { goingOn } from './rules/going-on.ts'
import { merging } from './rules/merging.ts'
import { news } from './rules/news.ts'
import { permission } from './rules/permission.ts'
import { reading } from './rules/reading.ts'
import { relisting } from './rules/relisting.ts'
import { sharing } from './rules/sharing.ts'
import { terminating } from './rules/terminating.ts'

/** The rules by their ids. */
export const rules: readonly Rule[] = [
  ...merging,
  ...reading,
  ...news,
  ...terminating,
  ...beginning,
  ...goingOn,
  ...relisting,
  ...permission,
  ...connections,
  ...sharing,
  ...closing,
].sort((one, other) => one.id.localeCompare(other.id))
