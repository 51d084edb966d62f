/**
 * What a pod sees, told by the server that runs in it.
 */
import { type Answer, ask } from './pods.ts'

/** Its environment. */
export async function environmentOf(address: string): Promise<Readonly<Record<string, string>>> {
  return JSON.parse((await ask(address, '/env')).body)
}

/** A file of it. @throws Error with what it got instead */
export async function fileOf(address: string, path: string): Promise<string> {
  const { status, body } = await ask(address, `/file?${path}`)
  if (status !== 200) throw new Error(body)
  return body
}

/** What its resolv.conf says. */
export async function resolvConfOf(address: string): Promise<ResolvConf> {
  return readResolvConf(await fileOf(address, '/etc/resolv.conf'))
}

/** What a resolv.conf says, word for word. */
export interface ResolvConf {
  readonly nameservers: readonly string[]
  readonly searches: readonly string[]
  readonly options: readonly string[]
}

/** Reads one. */
export function readResolvConf(text: string): ResolvConf {
  const lines = text.split('\n').map((line) => line.split(/\s+/))
  const wordsOf = (keyword: string) =>
    lines.flatMap(([first, ...words]) => (first === keyword ? words.filter((word) => word !== '') : []))
  return { nameservers: wordsOf('nameserver'), searches: wordsOf('search'), options: wordsOf('options') }
}

/** Addresses that it finds for a name, in a fixed order. @throws Error with what it got instead */
export async function lookupIn(address: string, name: string): Promise<readonly string[]> {
  const { status, body } = await ask(address, `/lookup?${name}`)
  if (status !== 200) throw new Error(body)
  return (JSON.parse(body) as string[]).sort()
}

/** What the API server answers it, asked as a program in a pod asks. */
export async function apiIn(address: string, path: string): Promise<Answer> {
  const { status, body } = await ask(address, `/api?${path}`)
  if (status !== 200) throw new Error(body)
  return JSON.parse(body)
}
