/** Runs the parts of a check, prints each with its time, and counts what passed. */
import { spawn, spawnSync } from 'node:child_process'

/** A part of a check: its name and what to do. */
export interface Step {
  /** What the part shows, as printed: `lint`. */
  readonly name: string
  /** The step that has to pass before this one means anything. @defaultValue none */
  readonly after?: string
  /** Does the part; its output is printed only if it fails. A rejection is a failure. */
  run(): StepOutcome | Promise<StepOutcome>
}

/** How a part ended. */
export interface StepOutcome {
  readonly ok: boolean
  /** What the part had to say; printed if it failed. */
  readonly output: string
}

/** How steps are run. */
export interface RunOptions {
  /** Steps that run side by side; more than one pays off only for steps that are processes of their own. @defaultValue 1 */
  readonly atOnce?: number
}

/**
 * Runs every step, also after a failure, and returns whether all passed. Steps begin in their order; one with `after` stands behind that step in the
 * list, waits for it, and counts as failed if that one failed.
 */
export async function runSteps(steps: readonly Step[], options: RunOptions = {}): Promise<boolean> {
  const { atOnce = 1 } = options
  const lanes = new Lanes(atOnce)
  const passed = new Map<string, Promise<boolean>>()
  for (const step of steps) {
    const { name, after } = step
    if (after !== undefined && !passed.has(after))
      throw new Error(`${name}: after ${after} (expected: an earlier step)`)
    passed.set(name, after === undefined ? lanes.run(() => runStep(step)) : runAfter(passed.get(after), step, lanes))
  }
  return (await Promise.all(passed.values())).every(Boolean)
}

async function runAfter(earlier: Promise<boolean> | undefined, step: Step, lanes: Lanes): Promise<boolean> {
  if (await earlier) return lanes.run(() => runStep(step))
  console.log(`FAILED ${step.name.padEnd(38)} not run, since ${step.after} failed`)
  return false
}

async function runStep({ name, run }: Step): Promise<boolean> {
  const startedAt = performance.now()
  const { ok, output } = await attempt(run)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(38)} ${seconds.padStart(6)} s`)
  if (!ok) console.log(output.trimEnd().replace(/^/gm, '       '))
  return ok
}

async function attempt(run: Step['run']): Promise<StepOutcome> {
  try {
    return await run()
  } catch (error) {
    return { ok: false, output: String(error) }
  }
}

/** So many at once, the others in their order. */
class Lanes {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }
}

/** Like `command`, beside other steps. */
export function start(file: string, parameters: readonly string[], options: CommandOptions = {}): Promise<StepOutcome> {
  const { directory, environment } = options
  return new Promise((resolve) => {
    const child = spawn(file, parameters, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
      ...(directory === undefined ? {} : { cwd: directory }),
    })
    const said: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => said.push(part))
    child.stderr.on('data', (part: Buffer) => said.push(part))
    child.on('error', (error) => resolve({ ok: false, output: String(error) }))
    child.on('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(said).toString() }))
  })
}

/** A command's outcome: ok if it exits with 0; both of its streams are the output. */
export function command(file: string, parameters: readonly string[], options: CommandOptions = {}): StepOutcome {
  const { directory, environment } = options
  const ran = spawnSync(file, parameters, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, ...environment },
    ...(directory === undefined ? {} : { cwd: directory }),
  })
  const output = ran.error === undefined ? ran.stdout + ran.stderr : String(ran.error)
  return { ok: ran.status === 0, output: ran.status === 0 ? ran.stdout : output }
}

/** Where and with which additions to the environment a command runs. */
export interface CommandOptions {
  /** @defaultValue the current directory */
  readonly directory?: string
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>
}
