import { fakeClock } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { Reread } from './reread.ts'

/** A file whose readings end when the test says so. */
function slow(): { readonly file: Reread; readonly readings: ((text: string) => void)[] } {
  const readings: ((text: string) => void)[] = []
  const read = (): Promise<string> => new Promise((resolve) => readings.push(resolve))
  return { file: new Reread('/token', fakeClock(), 60_000, () => {}, read), readings }
}

test('those who ask at once share one reading', async () => {
  const { file, readings } = slow()
  const asked = [file.read(), file.read()]
  readings[0]?.('first')
  expect([await Promise.all(asked), readings.length]).toEqual([['first', 'first'], 1])
})

test('a reading that began before it was forgotten is not waited for, and does not count as one after', async () => {
  const { file, readings } = slow()
  const early = file.read()
  file.forget()
  const late = file.read()
  readings[1]?.('second')
  expect(await late).toBe('second')
  file.forget()
  readings[0]?.('first')
  expect(await early).toBe('first')
  const last = file.read()
  expect(readings.length).toBe(3)
  readings[2]?.('third')
  expect(await last).toBe('third')
})

test('a reading that ends after a younger one does not replace what that has read', async () => {
  const { file, readings } = slow()
  const early = file.read()
  file.forget()
  const late = file.read()
  readings[1]?.('second')
  await late
  readings[0]?.('first')
  await early
  expect(await file.read()).toBe('second')
})
