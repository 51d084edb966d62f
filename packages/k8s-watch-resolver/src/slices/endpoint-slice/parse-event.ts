/**
 * Events of slices out of the lines of a watch. They mean what `JSON.parse` says, which alone would take most of the time in which a large Service is to be
 * usable: nearly all of a line is the list of endpoints, always written in the same way (the fields of discovery/v1 in the order of the Go type, no spaces).
 * One expression knows this way; what it finds is read without an object for each part, and the rest of the line goes through `JSON.parse`. A line that is
 * written otherwise goes there as a whole.
 *
 * Address, node and zone are views of the line and keep all of it in memory: whoever keeps one makes it its own (`ownText`).
 */
import type { SliceEndpoint } from '../endpoint-slice.ts'
import { ownText } from '../interned.ts'

/** Makes the parser of one stream. It throws what `JSON.parse` throws. */
export function eventParser(): (line: string) => unknown {
  const values = new Values()
  return (line) => quickly(line, values) ?? JSON.parse(line)
}

// It is nowhere inside of a text, where quotes have a backslash before them.
const listKey = '"endpoints":'

/** undefined: the line is written in another way, or is no JSON. */
function quickly(line: string, values: Values): unknown {
  const key = line.indexOf(`${listKey}[{`)
  if (key < 0) return undefined
  const at = key + listKey.length
  try {
    const { endpoints, end } = endpointsAt(line, at + 1, values)
    // Longer than all that is left of the line: nothing else in it can say the same.
    const mark = 'x'.repeat(at + line.length - end)
    const event = JSON.parse(`${line.slice(0, at)}"${mark}"${line.slice(end)}`) as Event
    // A field of this name may stand elsewhere, or be written twice.
    if (event?.object?.endpoints !== mark) return undefined
    event.object.endpoints = endpoints
    return event
  } catch {
    return undefined
  }
}

type Event = { readonly object?: { endpoints?: unknown } | null } | null

/** @throws SyntaxError where they are written in another way */
function endpointsAt(line: string, from: number, values: Values): { endpoints: readonly SliceEndpoint[]; end: number } {
  const endpoints: SliceEndpoint[] = []
  entry.lastIndex = from
  for (;;) {
    const found = entry.exec(line)
    if (found === null) throw new SyntaxError('another way')
    endpoints.push(new WrittenEndpoint(found, values))
    if (line.charCodeAt(entry.lastIndex - 1) === closingBracket) return { endpoints, end: entry.lastIndex }
  }
}

const closingBracket = 0x5d

// A text without escapes. Whatever is below a space has to be escaped in JSON.
const unread = String.raw`"[ !#-[\]-\uffff]*"`
const json = `(${unread})`
const text = unread.replace('[', '([').replace('*', '*)')

/** One endpoint, and what separates it from the next or ends the list. Of conditions and hints it finds the end; `JSON.parse` says whether they are right. */
const entry = new RegExp(
  [
    String.raw`\{"addresses":\[${text}\],"conditions":(\{[a-z":,]*\})`,
    `(?:,"hostname":${unread})?`,
    String.raw`(?:,"targetRef":\{"kind":${unread},"namespace":${unread},"name":${json},"uid":${json}\})?`,
    `(?:,"nodeName":${text})?(?:,"zone":${text})?`,
    String.raw`(?:,"hints":(\{"for[^\\]*?\]\}))?\}(?:,(?=\{)|\])`,
  ].join(''),
  'y',
)

/** An endpoint as it was found. Few objects for each: most of what is read at first is collected again while it goes on. */
class WrittenEndpoint implements SliceEndpoint {
  readonly conditions: SliceEndpoint['conditions']
  readonly nodeName: string | undefined
  readonly zone: string | undefined
  readonly hints: SliceEndpoint['hints']
  readonly #address: string
  readonly #nameJson: string | undefined
  readonly #uidJson: string | undefined

  constructor([, address, conditions, name, uid, nodeName, zone, hints]: RegExpExecArray, values: Values) {
    this.conditions = values.of(conditions as string) as SliceEndpoint['conditions']
    this.nodeName = nodeName
    this.zone = zone
    this.hints = hints === undefined ? undefined : (values.of(hints) as SliceEndpoint['hints'])
    this.#address = address as string
    this.#nameJson = name
    this.#uidJson = uid
  }

  get addresses(): readonly string[] {
    return [this.#address]
  }

  /** Parsed each time: no view of the line. */
  get targetRef(): SliceEndpoint['targetRef'] {
    if (this.#nameJson === undefined || this.#uidJson === undefined) return undefined
    return { name: JSON.parse(this.#nameJson), uid: JSON.parse(this.#uidJson) }
  }
}

// As many as a namespace may have nodes, each of which may be a hint; what is thrown away is parsed again.
const mostValues = 10_000

/** The values of JSON texts, of which a Service of thousands of endpoints has a handful: one object for all that say the same. */
class Values {
  readonly #values = new Map<string, unknown>()
  // Most say what the one before has said, and to look up would mean to hash each.
  #lastJson = ''
  #last: unknown

  /** @throws SyntaxError */
  of(json: string): unknown {
    if (json === this.#lastJson) return this.#last
    const own = ownText(json)
    const value: unknown = this.#values.get(own) ?? JSON.parse(own)
    if (this.#values.size >= mostValues) this.#values.clear()
    this.#values.set(own, value)
    this.#lastJson = own
    this.#last = value
    return value
  }
}
