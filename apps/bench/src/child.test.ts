import { expect, test } from 'vitest'
import { runChild, startChild } from './child.ts'

const backend = new URL('http/backend.ts', import.meta.url)
const task = { delayMs: 0, body: 'ok' }

test('a backend answers on the port that it names, and is gone after stop', async () => {
  const child = startChild<number>({ module: backend, task, signal: new AbortController().signal })
  const url = `http://127.0.0.1:${await child.said}/`
  const response = await fetch(url, { headers: { connection: 'close' } })
  expect(await response.text()).toBe('ok')
  await child.stop()
  await expect(fetch(url)).rejects.toThrow()
})

test('aborting kills a child and tells whoever waits for it', async () => {
  const stopping = new AbortController()
  const child = startChild<number>({ module: backend, task, signal: stopping.signal })
  const port = await child.said
  stopping.abort()
  await child.stop()
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
  await expect(runChild({ module: backend, task, signal: stopping.signal })).rejects.toThrow(/abort/)
})
