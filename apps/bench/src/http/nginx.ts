/**
 * nginx as a hop: one worker on a free port of 127.0.0.1, keep-alive on both sides, each backend in turn. Started and stopped by the bench, with a
 * configuration of its own in a temporary folder; an nginx that runs on this machine is left alone.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'

/** A running hop. */
export interface Hop {
  readonly port: number
  /** The processes that move the bytes; what they use comes on top of what the client uses. */
  readonly pids: readonly number[]
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>
}

// A configuration that is wrong ends nginx within milliseconds; one that listens does so in as many.
const startMs = 5_000

/** The version of the nginx that the path finds; undefined if there is none. */
export async function nginxVersion(): Promise<string | undefined> {
  try {
    const { stderr } = await promisify(execFile)('nginx', ['-v'])
    return /nginx\/([\d.]+)/.exec(stderr)?.[1]
  } catch {
    return undefined
  }
}

/** Starts the hop in front of backends on these ports. @throws Error with what nginx said if it does not come up */
export async function startNginx(ports: readonly number[], signal: AbortSignal): Promise<Hop> {
  const folder = await mkdtemp(join(tmpdir(), 'evenkeel-bench-nginx-'))
  const port = await freePort()
  await writeFile(join(folder, 'nginx.conf'), configuration(folder, port, ports))
  // nginx does not notice that its parent is gone; the kernel tells it.
  const words = ['--pdeathsig', 'TERM', 'nginx', '-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')]
  const child = spawn('setpriv', words, { stdio: ['ignore', 2, 'pipe'], signal, killSignal: 'SIGTERM' })
  const said: string[] = []
  child.on('error', ({ message }) => said.push(message))
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const stop = async (): Promise<void> => {
    await end(child)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await listening(child, port)
    return { port, pids: await workersOf(child.pid as number), stop }
  } catch (error) {
    await stop()
    throw new Error(`nginx does not start: ${said.join(' ').trim() || (error as Error).message}`)
  }
}

/** As in a usual set-up, less what would cost it: no log, and connections that are not closed after 1,000 requests. */
function configuration(folder: string, port: number, ports: readonly number[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
${temporary.map((name) => `  ${name}_temp_path ${folder}/${name};`).join('\n')}
  upstream backends {
${ports.map((backend) => `    server 127.0.0.1:${backend};`).join('\n')}
    keepalive 64;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://backends;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}
`
}

/** Waits until somebody listens on the port. */
async function listening(child: ChildProcess, port: number): Promise<void> {
  const end = performance.now() + startMs
  while (child.exitCode === null && child.pid !== undefined && performance.now() < end) {
    const socket = connect(port, '127.0.0.1')
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (open) return
    await setTimeout(20)
  }
  throw new Error(`nobody listens on port ${port}`)
}

async function workersOf(pid: number): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children.trim().split(' ').map(Number)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}
