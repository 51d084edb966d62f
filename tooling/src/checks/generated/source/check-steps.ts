/** `check-steps`: the checks of `npm run check`, and what each refuses. */
import { checks } from '../../../checks.ts'
import { table } from '../../../markdown/table.ts'
import type { Generate } from '../../generated.ts'

/** A row per check, in the order in which they begin. */
export const generate: Generate = () =>
  table(
    ['check', 'refuses'],
    checks.map(({ name, refuses }) => [name, refuses]),
  )
