/**
 * grpc-go at either end: a program of the harness (tooling/cluster/go/grpc-interop).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { builtProgram } from '@evenkeel/cluster'
import type { ClientParty, ServerParty } from '../party.ts'

// The soak cases tell of each iteration; what went wrong is said last.
const lastCharacters = 1_000

/** A client of grpc-go, a process for each case. */
export const goClient: ClientParty = {
  name: 'grpc-go',
  async play({ name }, server, iterations) {
    const parameters = ['run', '--server', server, '--case', name, '--iterations', `${iterations}`]
    const child = spawn(await builtProgram('grpc-interop'), parameters, { stdio: ['ignore', 'ignore', 'pipe'] })
    const [code, said] = await Promise.all([endOf(child), text(child.stderr)])
    if (code !== 0) throw new Error(`ended with ${code}: ${said.slice(-lastCharacters)}`)
  },
}

/** A server of grpc-go. */
export const goServer: ServerParty = {
  name: 'grpc-go',
  async serve() {
    const parameters = ['serve', '--listen', '127.0.0.1:0']
    const child = spawn(await builtProgram('grpc-interop'), parameters, { stdio: ['pipe', 'pipe', 'inherit'] })
    const ended = endOf(child)
    const told = createInterface(child.stdout)[Symbol.asyncIterator]().next()
    const first = await Promise.race([told, ended])
    if (first === null || typeof first !== 'object' || first.done)
      throw new Error(`grpc-interop serve ended with ${await ended}`)
    return {
      address: first.value,
      async [Symbol.asyncDispose]() {
        child.stdin.end()
        await ended
      },
    }
  },
}

function endOf(child: ChildProcess): Promise<number | string | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => resolve(code ?? signal))
  })
}
