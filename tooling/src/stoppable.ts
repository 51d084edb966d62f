/**
 * Programs that hold something which has to be taken down, such as a cluster: Ctrl-C ends them in order, and errors are told in a line.
 */

// What a shell reports of a program that Ctrl-C ended.
const interruptedCode = 130

/** Runs until it is done or a signal ends it, whose name is the reason. @param failedCode exit code after an error */
export async function runStoppable(run: (signal: AbortSignal) => Promise<void>, failedCode: number): Promise<void> {
  const stopped = new AbortController()
  // For good, so that an impatient second Ctrl-C does not end us before everything is down.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort(signal))
  try {
    await run(stopped.signal)
  } catch (error) {
    process.exitCode = stopped.signal.aborted ? interruptedCode : failedCode
    process.stderr.write(stopped.signal.aborted ? 'stopped\n' : `${error instanceof Error ? error.message : error}\n`)
  }
}
