/**
 * All rules of the watch protocol, in order. W-23, which needs a thousand clients and no server, is in `crowd.ts`.
 */
import type { WatchRule } from './rule.ts'
import { beginning } from './rules/beginning.ts'
import { closing } from './rules/closing.ts'
import { connections } from './rules/connections.ts'
import { goingOn } from './rules/going-on.ts'
import { permission } from './rules/permission.ts'
import { relisting } from './rules/relisting.ts'
import { sharing } from './rules/sharing.ts'

/** The rules by their ids. */
export const watchRules: readonly WatchRule[] = [
  ...beginning,
  ...goingOn,
  ...relisting,
  ...permission,
  ...connections,
  ...sharing,
  ...closing,
].sort((one, other) => one.id.localeCompare(other.id))
