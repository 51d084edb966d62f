import { describe, expect, test } from 'vitest'
import { stoppable } from './stoppable.ts'

describe('stoppable', () => {
  test('work passes through, with its result or its error', async () => {
    const { unlessStopped, pass } = stoppable(new AbortController().signal)
    await pass(0)
    expect(await unlessStopped(Promise.resolve(7))).toBe(7)
    await expect(unlessStopped(Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  })

  test('stopping ends all waiting at once, and every later wait, with its reason', async () => {
    const controller = new AbortController()
    const { unlessStopped, pass } = stoppable(controller.signal)
    const waiting = [pass(3_600), unlessStopped(new Promise(() => {}))]
    controller.abort('enough')
    for (const wait of [...waiting, pass(0)]) await expect(wait).rejects.toBe('enough')
  })
})
