/** The channels that a package publishes on, and the types of their messages. */
import { join } from 'node:path'
import type { Node } from '@babel/types'
import { type Declared, type Field, fieldsOf } from './declarations.ts'
import { declarationsNamed } from './package-sources.ts'

/** A channel of an object of channels. */
export interface EventChannel {
  /** As one subscribes: `evenkeel:set`. */
  readonly name: string
  /** As it is called in the object. */
  readonly key: string
  /** Name of the interface of its messages. */
  readonly message: string
  /** What a message tells. */
  readonly tells: string
  readonly fields: readonly Field[]
}

/**
 * The channels in the order of the object.
 * @param folder of the package
 * @param object that holds the channels
 * @throws Error if a channel's type, name or message cannot be read, or a message or field has no docstring.
 */
export function eventChannels(root: string, folder = 'packages/core', object = 'events'): readonly EventChannel[] {
  const directory = join(root, folder)
  const [events] = declarationsNamed(directory, object)
  if (events?.node.type !== 'VariableDeclarator' || events.node.init?.type !== 'ObjectExpression')
    throw new Error(`${folder}: no object ${object} (expected: in src/events.ts)`)
  return events.node.init.properties.map((property) => {
    if (property.type !== 'ObjectProperty' || property.key.type !== 'Identifier')
      throw new Error(
        `${events.source.path}: ${property.type} in ${object} (expected: name: channel('…') as EventChannel<…>)`,
      )
    const key = property.key.name
    const { name, message } = channelOf(property.value, `${events.source.path}: ${object}.${key}`)
    const [declared] = declarationsNamed(directory, message)
    if (declared === undefined) throw new Error(`${folder}: no ${message} (expected: the messages of ${name})`)
    const fields = fieldsOf(declared)
    for (const field of fields) if (!field.docstring?.text) throw undocumented(declared, field.name)
    return { name, key, message, tells: declared.docstring?.text ?? '', fields }
  })
}

function channelOf(value: Node, place: string): Pick<EventChannel, 'name' | 'message'> {
  const [call, type] = value.type === 'TSAsExpression' ? [value.expression, value.typeAnnotation] : []
  const [argument] = call?.type === 'CallExpression' ? call.arguments : []
  const [message] = type?.type === 'TSTypeReference' ? (type.typeArguments?.params ?? []) : []
  if (
    argument?.type !== 'StringLiteral' ||
    message?.type !== 'TSTypeReference' ||
    message.typeName.type !== 'Identifier'
  )
    throw new Error(`${place} (expected: channel('…') as EventChannel<…>)`)
  return { name: argument.value, message: message.typeName.name }
}

function undocumented({ name, source }: Declared, field: string): Error {
  return new Error(`${source.path}: ${name}.${field} has no description (expected: a docstring that says what it is)`)
}
