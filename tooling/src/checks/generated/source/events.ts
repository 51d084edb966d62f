/** `events`: each channel of core with its messages, and the codes of warnings. `events FOLDER OBJECT`: the channels that another package exports. */
import { basename } from 'node:path'
import { code, table } from '../../../markdown/table.ts'
import { warningCodes } from '../../../source/error-codes.ts'
import { eventChannels } from '../../../source/event-channels.ts'
import type { Generate } from '../../generated.ts'

/** A heading and a table per channel. */
export const generate: Generate = ({ root, parameters: [folder, object = 'events'] }) =>
  eventChannels(root, folder, object)
    .map(({ name, key, message, tells, fields }) =>
      [
        `### ${name}`,
        `${tells} In TypeScript \`${object}.${key}\`, with messages of the type \`${message}\`.`,
        table(
          ['field', 'type', 'meaning'],
          fields.map((field) => [code(field.name), code(field.type), field.docstring?.text ?? '']),
        ),
      ].join('\n\n'),
    )
    .concat(folder === undefined ? [warnings(root)] : [])
    .join('\n\n')

/** Who says what under `evenkeel:warning`. */
function warnings(root: string): string {
  const rows = warningCodes(root).map(({ code: name, folder }) => [code(name), basename(folder)])
  return ['### Codes of warnings', table(['code', 'said by'], rows)].join('\n\n')
}
