/**
 * A port that stays free while its server restarts.
 */
import { createServer } from 'node:net'

// Below Linux's range of local ports (32768 to 60999): from in there the kernel may give the port of a pod that restarts to somebody's
// outgoing connection, and a connection to a closed port may even reach itself.
const lowest = 20_000
const highest = 32_000
const tries = 50

/**
 * A port of 127.0.0.1 on which nobody listens, and none of `taken`.
 * @throws Error if a number of random ports are all in use.
 */
export async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (let left = tries; left > 0; left--) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (!taken.has(port) && (await isFree(port))) return port
  }
  throw new Error(`no free port found between ${lowest} and ${highest} on 127.0.0.1`)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
