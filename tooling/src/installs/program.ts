/**
 * The program of every kind of project: two servers called by way of a `BalancedAgent`, and a service that nobody serves, whose error has to be recognised.
 * It is written once, in TypeScript; the other forms are made from it.
 */
import { stripTypeScriptTypes } from 'node:module'
import type { Program } from './kind.ts'

const says = 'answered by one, two; the other failed with EVENKEEL_CONNECT_FAILED'

const text = `import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EvenkeelError, roundRobin, staticEndpoints } from '@evenkeel/core'
import { BalancedAgent, type BalancedAgentOptions } from '@evenkeel/http-transport'
import { fetch } from 'undici'

export async function visit(): Promise<string> {
  const servers = ['one', 'two'].map((name) => createServer((_, answer) => answer.end(name)))
  const resolver = staticEndpoints({ users: await Promise.all(servers.map(listen)), nobody: ['127.0.0.1:1'] })
  const options: BalancedAgentOptions = { resolver, policies: [roundRobin()] }
  const agent = new BalancedAgent(options)
  try {
    const names = new Set<string>()
    for (let count = 0; count < 4; count++) names.add(await (await fetch('http://users/', { dispatcher: agent })).text())
    return \`answered by \${[...names].sort().join(', ')}; the other failed with \${await failure(agent)}\`
  } finally {
    await agent.close()
    for (const server of servers) server.close()
  }
}

async function listen(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return \`127.0.0.1:\${(server.address() as AddressInfo).port}\`
}

async function failure(dispatcher: BalancedAgent): Promise<string> {
  try {
    return String((await fetch('http://nobody/', { dispatcher })).status)
  } catch (error) {
    const { cause } = error as Error
    return EvenkeelError.is(cause) ? cause.code : \`an error that is not recognised: \${String(cause)}\`
  }
}
`

/** The real program, as every kind is tried with it. */
export const visiting: Program = { text, says }

/** The same module without its types. */
export function asJavaScript(typescript: string): string {
  return stripTypeScriptTypes(typescript)
}

/** The same module without its types and with `require`. Knows the few forms of import and export that programs here use. */
export function asCommonJs(typescript: string): string {
  const exported = [...typescript.matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name]) => name)
  const body = asJavaScript(typescript)
    .replace(/^import (\{[^}]*\}) from (\S+)$/gm, 'const $1 = require($2)')
    .replace(/^import \* as (\w+) from (\S+)$/gm, 'const $1 = require($2)')
    .replace(/^export /gm, '')
  return `'use strict'\n${body}\nmodule.exports = { ${exported.join(', ')} }\n`
}
