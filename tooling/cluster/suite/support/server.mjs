/**
 * What pods of the suite run: a server that tells what it sees, and that can be told how to behave. Plain JavaScript without dependencies: it starts fast.
 *
 * GET  /            { host, address, pid }
 * GET  /env         its environment
 * GET  /file?PATH   a file as it sees it
 * GET  /ready       200, or 503 after POST /ready/off
 * GET  /live        200, or 500 after POST /live/off
 * POST /ready/on, /ready/off, /live/on, /live/off, /exit?CODE
 * PORT: where it listens (8080). TERM_MS: for how long it serves on after SIGTERM (0); `never` ignores it.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { hostname } from 'node:os'

const { PORT = '8080', TERM_MS = '0' } = process.env
const well = { ready: true, live: true }
const bad = { ready: 503, live: 500 }

const routes = {
  '/': (_, answer) =>
    answer.end(JSON.stringify({ host: hostname(), address: answer.socket.localAddress, pid: process.pid })),
  '/env': (_, answer) => answer.end(JSON.stringify(process.env)),
  '/file': (query, answer) => answer.end(readFileSync(query, 'utf8')),
  '/exit': (query) => process.exit(Number(query)),
}

const server = createServer((request, answer) => {
  answer.setHeader('connection', 'close')
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const [, name, wanted] = path.split('/')
  if (name in well) {
    if (wanted !== undefined) well[name] = wanted === 'on'
    answer.statusCode = well[name] || wanted !== undefined ? 200 : bad[name]
    answer.end(`${name}: ${well[name]}`)
    return
  }
  try {
    routes[path](query, answer)
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
