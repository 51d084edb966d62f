/** Runs the parts of a check one after another, prints each with its time, and counts what passed. */
import { spawnSync } from 'node:child_process'

/** A part of a check: its name and what to do. */
export interface Step {
  /** What the part shows, as printed: `lint`. */
  readonly name: string
  /** Does the part; its output is printed only if it fails. */
  run(): StepOutcome
}

/** How a part ended. */
export interface StepOutcome {
  readonly ok: boolean
  /** What the part had to say; printed if it failed. */
  readonly output: string
}

/** Runs every step, also after a failure, and returns whether all passed. */
export function runSteps(steps: readonly Step[]): boolean {
  let failed = 0
  for (const { name, run } of steps) {
    const startedAt = performance.now()
    const { ok, output } = attempt(run)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(38)} ${seconds.padStart(6)} s`)
    if (!ok) {
      failed++
      console.log(output.trimEnd().replace(/^/gm, '       '))
    }
  }
  return failed === 0
}

function attempt(run: () => StepOutcome): StepOutcome {
  try {
    return run()
  } catch (error) {
    return { ok: false, output: String(error) }
  }
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
