/** `events`: each channel of core with its messages. */
import { basename } from 'node:path'
import { code, table } from '../../../markdown/table.ts'
import { warningCodes } from '../../../source/error-codes.ts'
import { eventChannels } from '../../../source/event-channels.ts'
import type { Generate } from '../../generated.ts'

/** A heading and a table per channel. */
export const generate: Generate = ({ root }) =>
  eventChannels(root)
    .map(({ name, key, message, tells, fields }) =>
      [
        `### ${name}`,
        `${tells} In TypeScript \`events.${key}\`, with messages of the type \`${message}\`.`,
        table(
          ['field', 'type', 'meaning'],
          fields.map((field) => [code(field.name), code(field.type), field.docstring?.text ?? '']),
        ),
      ].join('\n\n'),
    )
    .concat(warnings(root))
    .join('\n\n')

/** Who says what under `evenkeel:warning`. */
function warnings(root: string): string {
  const rows = warningCodes(root).map(({ code: name, folder }) => [code(name), basename(folder)])
  return ['### Codes of warnings', table(['code', 'said by'], rows)].join('\n\n')
}
