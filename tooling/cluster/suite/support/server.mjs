/**
 * What pods of the suite run: a server that tells what it sees, and that can be told how to behave. Plain JavaScript without dependencies: it starts fast.
 *
 * GET  /            { host, address, client, pid }
 * GET  /env         its environment
 * GET  /file?PATH   a file as it sees it
 * GET  /name        its name with its domain, as `hostname -f` says
 * GET  /lookup?NAME addresses of a name, as the system's resolver finds them
 * GET  /fetch?URL   what an address answers to it
 * GET  /api?PATH    { status, body } of the API server, by the account, certificate and address that pods are given
 * GET  /status?CODE that status
 * GET  /ready       200, or 503 after POST /ready/off
 * GET  /live        200, or 500 after POST /live/off
 * POST /ready/on, /ready/off, /live/on, /live/off, /exit?CODE
 * PORT: where it listens (8080). TERM_MS: for how long it serves on after SIGTERM (0); `never` ignores it.
 */
import { execFileSync } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { createServer, get } from 'node:http'
import { request as requestSecurely } from 'node:https'
import { hostname } from 'node:os'
import { text } from 'node:stream/consumers'

const { PORT = '8080', TERM_MS = '0', KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } = process.env
const account = '/var/run/secrets/kubernetes.io/serviceaccount'
const well = { ready: true, live: true }
const bad = { ready: 503, live: 500 }

const routes = {
  '/': (_, answer) =>
    answer.end(
      JSON.stringify({
        host: hostname(),
        address: answer.socket.localAddress,
        client: answer.socket.remoteAddress.replace('::ffff:', ''),
        pid: process.pid,
      }),
    ),
  '/env': (_, answer) => answer.end(JSON.stringify(process.env)),
  '/file': (query, answer) => answer.end(readFileSync(query, 'utf8')),
  '/name': (_, answer) => answer.end(execFileSync('hostname', ['-f'], { encoding: 'utf8' }).trim()),
  '/lookup': async (query, answer) => {
    const found = await lookup(query, { all: true, family: 4 })
    answer.end(JSON.stringify(found.map(({ address }) => address)))
  },
  '/fetch': async (query, answer) => answer.end((await answerTo(get(query, { agent: false }))).body),
  '/api': async (query, answer) => {
    const options = {
      host: KUBERNETES_SERVICE_HOST,
      port: KUBERNETES_SERVICE_PORT,
      path: query,
      ca: readFileSync(`${account}/ca.crt`),
      headers: { authorization: `Bearer ${readFileSync(`${account}/token`, 'utf8')}` },
      agent: false,
    }
    answer.end(JSON.stringify(await answerTo(requestSecurely(options).end())))
  },
  '/status': (query, answer) => {
    answer.statusCode = Number(query)
    answer.end()
  },
  '/exit': (query) => process.exit(Number(query)),
}

const server = createServer(async (request, answer) => {
  // Whoever wants to stay says so.
  if (request.headers.connection !== 'keep-alive') answer.setHeader('connection', 'close')
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const [, name, wanted] = path.split('/')
  if (name in well) {
    if (wanted !== undefined) {
      well[name] = wanted === 'on'
      console.log(`${name} ${wanted}`)
    }
    answer.statusCode = well[name] || wanted !== undefined ? 200 : bad[name]
    answer.end(`${name}: ${well[name]}`)
    return
  }
  try {
    await routes[path](query, answer)
  } catch (error) {
    answer.statusCode = 404
    answer.end(String(error))
  }
})
server.listen(Number(PORT))
console.log('listening')

process.on('SIGTERM', () => {
  console.log('SIGTERM')
  if (TERM_MS !== 'never') setTimeout(() => process.exit(0), Number(TERM_MS))
})

function answerTo(request) {
  return new Promise((resolve, reject) => {
    request.once('error', reject)
    request.once('response', async (answer) => {
      resolve({ status: answer.statusCode, body: await text(answer) })
    })
  })
}
