import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { command, runSteps, type Step, start } from './steps.ts'

const said: string[] = []
beforeEach(() => {
  said.length = 0
  vi.spyOn(console, 'log').mockImplementation((line: string) => {
    said.push(line)
  })
})
afterEach(() => vi.restoreAllMocks())

const ends = (name: string, ok: boolean, after?: string): Step => ({
  name,
  ...(after === undefined ? {} : { after }),
  run: () => ({ ok, output: `what ${name} says` }),
})

test('all steps run, also after one that failed, which alone says why', async () => {
  expect(await runSteps([ends('first', false), ends('second', true)])).toBe(false)
  expect(said.map((line) => line.trim().split(/\s+/).slice(0, 2).join(' '))).toEqual([
    'FAILED first',
    'what first',
    'ok second',
  ])
  expect(await runSteps([ends('first', true)])).toBe(true)
})

test('a step that throws has failed with what it threw', async () => {
  const throws: Step = {
    name: 'throws',
    run: () => {
      throw new Error('no such file')
    },
  }
  expect(await runSteps([throws])).toBe(false)
  expect(said[1]).toContain('no such file')
})

test('a step is not run if the one that it comes after failed, and counts as failed', async () => {
  expect(await runSteps([ends('build', false), ends('packed', true, 'build'), ends('more', true, 'packed')])).toBe(
    false,
  )
  expect(said.filter((line) => line.includes('not run'))).toHaveLength(2)
})

test('a step can only come after an earlier one', async () => {
  await expect(runSteps([ends('packed', true, 'build'), ends('build', true)])).rejects.toThrow(
    'packed: after build (expected: an earlier step)',
  )
})

test('no more steps run side by side than are allowed, and none waits in vain', async () => {
  let running = 0
  let most = 0
  const steps = Array.from(
    { length: 9 },
    (_, index): Step => ({
      name: `${index}`,
      ...(index > 5 ? { after: '2' } : {}),
      run: async () => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running--
        return { ok: true, output: '' }
      },
    }),
  )
  expect(await runSteps(steps, { atOnce: 2 })).toBe(true)
  expect(most).toBe(2)
  expect(said).toHaveLength(9)
})

test('a command says both of its streams if it fails, beside others or not', async () => {
  const fails = ['-e', 'console.log("out"); console.error("err"); process.exitCode = 3']
  for (const outcome of [command(process.execPath, fails), await start(process.execPath, fails)]) {
    expect(outcome.ok).toBe(false)
    expect(outcome.output).toContain('out')
    expect(outcome.output).toContain('err')
  }
  expect((await start('/no/such/program', [])).output).toContain('ENOENT')
})
