/**
 * Manifests of what the suite runs, and how it is asked.
 */
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const program = join(import.meta.dirname, 'server.mjs')

/** A container that runs `server.mjs`, with a readiness probe every second. More fields replace these. */
export function server(more: Readonly<Record<string, unknown>> = {}): object {
  return {
    name: 'server',
    image: 'server',
    command: ['node', program],
    ports: [{ name: 'http', containerPort: 8080 }],
    readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 1, failureThreshold: 1 },
    ...more,
  }
}

/** A pod of one server. Fields of `spec` replace these. */
export function pod(
  name: string,
  spec: Readonly<Record<string, unknown>> = {},
  labels: Readonly<Record<string, string>> = {},
): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'server', ...labels } },
    spec: { containers: [server()], terminationGracePeriodSeconds: 5, ...spec },
  }
}

/** A Deployment of servers. Fields of `spec` replace these. */
export function deployment(
  name: string,
  replicas: number,
  spec: Readonly<Record<string, unknown>> = {},
  podSpec: Readonly<Record<string, unknown>> = {},
): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [server()], terminationGracePeriodSeconds: 5, ...podSpec },
      },
      ...spec,
    },
  }
}

/** A Service of the port `http` of pods. Fields of `spec` replace these. */
export function service(name: string, spec: Readonly<Record<string, unknown>> = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: 'server' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
  }
}

/** Answer to one request on a connection of its own. */
export interface Answer {
  readonly status: number
  readonly body: string
}

/** Asks a pod or Service. @throws the error of the socket, also after a silence of `silenceMs` (0: however long) */
export async function ask(
  address: string,
  path = '/',
  { port = 8080, method = 'GET', silenceMs = 0 } = {},
): Promise<Answer> {
  const socket = connect(port, address)
  socket.setTimeout(silenceMs, () => socket.destroy(new Error(`${address}:${port} is silent for ${silenceMs} ms`)))
  // Left open: a server gives up what it has not answered when its client ends.
  socket.write(`${method} ${path} HTTP/1.1\r\nhost: any\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
  const [head = '', ...rest] = (await text(socket)).split('\r\n\r\n')
  const body = rest.join('\r\n\r\n')
  const chunked = /^transfer-encoding: chunked/im.test(head)
  return { status: Number(head.split(' ')[1]), body: chunked ? unchunk(body) : body }
}

function unchunk(body: string): string {
  const bytes = Buffer.from(body)
  let found = ''
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at)
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16)
    if (!(size > 0)) return found
    found += bytes.toString('utf8', end + 2, end + 2 + size)
    at = end + 2 + size + 2
  }
}
