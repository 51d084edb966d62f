/** `mutations`: the rules that `npm run mutations` breaks, with what is broken and where. */
import { code, table } from '../../../markdown/table.ts'
import { mutations } from '../../../mutations/list.ts'
import type { Generate } from '../../generated.ts'

/** A row a rule. */
export const generate: Generate = () =>
  table(
    ['rule', 'what holds', 'how it is broken', 'in', 'command'],
    mutations.map(({ rule, claim, broken, file }) => [
      rule,
      claim,
      broken,
      code(file.replace(/^packages\//, '')),
      code(`npm run mutations -- ${rule}`),
    ]),
  )
