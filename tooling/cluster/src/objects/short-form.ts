/**
 * Objects in a line each, for errors: what a reader looks at first, by kind, and status for the rest.
 */
import type { AnyObject, Kinds } from './kinds.ts'

// More would hide the first lines of an error.
const shownObjects = 20
const shownCharacters = 300

/** One line for each object. */
export function shortForm(objects: readonly AnyObject[]): string {
  if (objects.length === 0) return '  (no objects)'
  const lines = objects.slice(0, shownObjects).map((object) => `  ${line(object)}`)
  if (objects.length > shownObjects) lines.push(`  and ${objects.length - shownObjects} more`)
  return lines.join('\n')
}

function line(object: AnyObject): string {
  const { name = '(no name)', deletionTimestamp } = object.metadata ?? {}
  const going = deletionTimestamp === undefined ? '' : ' (deleted)'
  return `${name}${going}: ${facts(object).slice(0, shownCharacters)}`
}

// Objects of a list carry no kind, so what they have tells it.
function facts(object: AnyObject): string {
  if ('endpoints' in object) return endpoints(object as Kinds['endpointslices'])
  const { status } = object as Kinds['pods']
  if (status?.phase !== undefined && 'spec' in object) return pod(status)
  return JSON.stringify(status ?? object) ?? ''
}

function endpoints({ endpoints }: Kinds['endpointslices']): string {
  // The API server writes null where there are none.
  const words = (endpoints ?? []).map(({ addresses, conditions = {} }) => {
    const held = Object.entries(conditions).filter(([, value]) => value === true)
    return `${addresses.join(',')} [${held.map(([condition]) => condition).join(' ')}]`
  })
  return words.length === 0 ? 'no endpoints' : words.join('; ')
}

function pod({ phase, podIP, conditions = [], containerStatuses = [] }: NonNullable<Kinds['pods']['status']>): string {
  const ready = conditions.find(({ type }) => type === 'Ready')?.status === 'True' ? 'ready' : 'not ready'
  const states = containerStatuses.map(({ name, state }) => `${name} ${JSON.stringify(state)}`)
  return [phase, ready, podIP ?? 'no address', ...states].join(', ')
}
