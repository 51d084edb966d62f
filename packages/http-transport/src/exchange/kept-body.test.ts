import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isStreamed, KeptBody } from './kept-body.ts'

async function readAll(body: KeptBody): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body.read()) chunks.push(Buffer.from(chunk as string))
  return Buffer.concat(chunks)
}

const chunk = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.string({ maxLength: 10 }))

describe('KeptBody', () => {
  test('whatever its chunks, a body within the bound reads back equal, twice, also after a reader that stopped midway', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 20 }), fc.nat(20), fc.boolean(), async (chunks, stopAt, stream) => {
        const whole = Buffer.concat(chunks.map((one) => Buffer.from(one as string)))
        const source = stream ? Readable.from(chunks, { objectMode: true }) : chunks
        const body = new KeptBody(source, whole.byteLength)
        const first = body.read()
        for (let step = 0; step < stopAt; step++) await first.next()
        expect(body.repeatable).toBe(true)
        expect((await readAll(body)).equals(whole)).toBe(true)
        expect(body.repeatable).toBe(true)
        expect((await readAll(body)).equals(whole)).toBe(true)
      }),
    )
  })

  test('whatever its chunks, a body beyond the bound reads once, and is repeatable only while unread', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { minLength: 1, maxLength: 20 }), async (chunks) => {
        const whole = Buffer.concat(chunks.map((one) => Buffer.from(one as string)))
        fc.pre(whole.byteLength > 0)
        const body = new KeptBody(chunks, whole.byteLength - 1)
        expect(body.repeatable).toBe(true)
        expect((await readAll(body)).equals(whole)).toBe(true)
        expect(body.repeatable).toBe(false)
      }),
    )
  })

  test('a body beyond the bound is let go of as it is read', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const chunks: WeakRef<Uint8Array>[] = []
    function* source(): Generator<Uint8Array> {
      for (let made = 0; made < 50; made++) {
        const one = new Uint8Array(1_000)
        chunks.push(new WeakRef(one))
        yield one
      }
    }
    const body = new KeptBody(source(), 10_000)
    const reader = body.read()
    for (let step = 0; step < 40; step++) await reader.next()
    // A WeakRef holds its target until the end of the turn.
    await new Promise<void>((resolve) => setImmediate(resolve))
    collect()
    expect(chunks.length).toBe(40)
    expect(chunks.filter((chunk) => chunk.deref() !== undefined).length).toBeLessThan(3)
    body.end(undefined)
  })

  test('a newer reader takes over, and the older one ends', async () => {
    const body = new KeptBody(['a', 'b', 'c'], 10)
    const older = body.read()
    expect((await older.next()).value).toBe('a')
    const newer = body.read()
    expect((await newer.next()).value).toBe('a')
    expect((await older.next()).done).toBe(true)
    expect((await newer.next()).value).toBe('b')
  })

  test('two readers that wait for the same chunk do not pull twice', async () => {
    let pulled = 0
    let resolve: () => void = () => {}
    const parts = new Promise<void>((done) => {
      resolve = done
    })
    async function* source(): AsyncGenerator<string> {
      pulled++
      await parts
      yield 'a'
    }
    const body = new KeptBody(source(), 10)
    const older = body.read().next()
    const newer = body.read()
    const first = newer.next()
    resolve()
    expect((await older).done).toBe(true)
    expect((await first).value).toBe('a')
    expect(pulled).toBe(1)
  })

  test('a source that fails fails each reader with its own error, and is not repeatable', async () => {
    const error = new Error('mine')
    const body = new KeptBody(
      Readable.from(
        (async function* () {
          yield 'a'
          throw error
        })(),
      ),
      10,
    )
    await expect(readAll(body)).rejects.toBe(error)
    expect(body.repeatable).toBe(false)
    expect(body.error).toBe(error)
  })

  test('a stream that fails before anybody reads is heard', async () => {
    const error = new Error('mine')
    const source = new Readable({ read() {} })
    const body = new KeptBody(source, 10)
    source.destroy(error)
    await new Promise((resolve) => source.once('close', resolve))
    expect(body.error).toBe(error)
    expect(body.repeatable).toBe(false)
  })

  test('ending it destroys a stream that was not read to its end', async () => {
    const source = Readable.from(['a', 'b'])
    const body = new KeptBody(source, 10)
    await body.read().next()
    body.end(undefined)
    expect(source.destroyed).toBe(true)
  })

  test('ending it lets a generator finish', async () => {
    let finished = false
    function* source(): Generator<string> {
      try {
        yield 'a'
        yield 'b'
      } finally {
        finished = true
      }
    }
    const body = new KeptBody(source(), 10)
    await body.read().next()
    body.end(undefined)
    expect(finished).toBe(true)
  })
})

describe('isStreamed', () => {
  test.each<[string, unknown]>([
    ['text', 'text'],
    ['a Buffer', Buffer.from('x')],
    ['a typed array', new Uint16Array(2)],
    ['an ArrayBuffer', new ArrayBuffer(2)],
    ['FormData', new FormData()],
    ['a Blob', new Blob(['x'])],
    ['nothing', null],
    ['nothing at all', undefined],
  ])('%s can be read again without being kept', (_name, body) => expect(isStreamed(body)).toBe(false))

  test.each<[string, unknown]>([
    ['a Readable', Readable.from(['x'])],
    ['an array', ['x']],
    ['a generator', (function* () {})()],
    ['an async generator', (async function* () {})()],
    ['a ReadableStream', new Blob(['x']).stream()],
  ])('%s is consumed by reading it', (_name, body) => expect(isStreamed(body)).toBe(true))
})
