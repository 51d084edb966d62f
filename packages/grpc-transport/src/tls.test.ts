import { certificateFor, userServiceTls } from '@evenkeel/core/testing'
import { CallCredentials, credentials, Metadata, ServerCredentials, status } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import { open, within } from './testing/field.ts'
import { TestServer } from './testing/servers.ts'

const { cert, key } = userServiceTls
const roots = Buffer.from(cert)
const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) }

describe('over TLS', () => {
  test('the certificate of a pod is checked against the name of the service', async () => {
    const server = await TestServer.listen('a', {}, ServerCredentials.createSsl(null, [pair]))
    const field = open([server.locator], { credentials: credentials.createSsl(roots) })
    expect(await field.unary()).toBe('a')
  })

  test('a certificate of another name is refused before anything is sent, and the call moves', async () => {
    const other = certificateFor('other-service')
    const others = { private_key: Buffer.from(other.key), cert_chain: Buffer.from(other.cert) }
    const wrong = await TestServer.listen('wrong', {}, ServerCredentials.createSsl(null, [others]))
    const right = await TestServer.listen('right', {}, ServerCredentials.createSsl(null, [pair]))
    const both = Buffer.concat([roots, Buffer.from(other.cert)])
    const field = open([wrong.locator, right.locator], { credentials: credentials.createSsl(both) })
    expect(await field.unary()).toBe('right')
    expect(wrong.seen).toEqual([])
    const only = open([wrong.locator], { credentials: credentials.createSsl(both) })
    const error = await only.failure({ options: within(5_000) })
    expect([error.code, error.details]).toEqual([status.UNAVAILABLE, expect.stringContaining('user-service')])
  })

  test('a server that asks for a certificate of the client gets it', async () => {
    const server = await TestServer.listen('a', {}, ServerCredentials.createSsl(roots, [pair], true))
    const client = certificateFor('some-client')
    const mutual = credentials.createSsl(roots, pair.private_key, pair.cert_chain)
    expect(await open([server.locator], { credentials: mutual }).unary()).toBe('a')
    const stranger = credentials.createSsl(roots, Buffer.from(client.key), Buffer.from(client.cert))
    expect((await open([server.locator], { credentials: stranger }).failure()).code).toBe(status.UNAVAILABLE)
    expect(server.seen).toEqual(['x'])
  })

  test('credentials of calls are sent, and know the service and not the pod', async () => {
    const server = await TestServer.listen('a', {}, ServerCredentials.createSsl(null, [pair]))
    const heard: unknown[] = []
    server.answer = (call, answer) => {
      heard.push(...call.metadata.get('authorization'), call.getHost())
      answer(null, call.request)
    }
    const urls: string[] = []
    const token = CallCredentials.createFromMetadataGenerator(({ service_url: url }, answer) => {
      urls.push(url)
      const metadata = new Metadata()
      metadata.set('authorization', 'Bearer one')
      answer(null, metadata)
    })
    const both = credentials.combineChannelCredentials(credentials.createSsl(roots), token)
    await open([server.locator], { credentials: both }).unary()
    expect(heard).toEqual(['Bearer one', 'user-service'])
    expect(urls).toEqual(['https://user-service/test.Echo'])
  })
})
