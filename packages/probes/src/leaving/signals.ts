/**
 * The process as this package sees it: where stop signals come from, and how the process ends. Injected, so that a test can be both.
 */
import { constants } from 'node:os'

/** What a stop signal does: a drain with its lame duck, or one without. */
export type SignalAction = 'drain' | 'drain-now'

/** The parts of `node:process` that are used. The real one fits. */
export interface HostProcess {
  /** Calls the listener for every such signal, instead of what the signal does by itself. */
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown
  /** Undoes `on`. */
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown
  /** Ends the process; without a code with that of the application, usually 0. */
  exit(code?: number): void
  /** Age of the process, in seconds. */
  uptime(): number
  /** Where errors of hooks go when nobody else can hear them. */
  emitWarning(warning: Error): void
}

/** Calls `onSignal` for every signal among `actions` until it is disposed. */
export function listenToSignals(
  host: HostProcess,
  actions: Readonly<Partial<Record<NodeJS.Signals, SignalAction>>>,
  onSignal: (signal: NodeJS.Signals, action: SignalAction) => void,
): Disposable {
  const listener = (signal: NodeJS.Signals): void => onSignal(signal, actions[signal] ?? 'drain')
  const signals = Object.keys(actions) as NodeJS.Signals[]
  for (const signal of signals) host.on(signal, listener)
  return {
    [Symbol.dispose](): void {
      for (const signal of signals) host.off(signal, listener)
    },
  }
}

/** The exit code by which shells and Kubernetes know a process that a signal ended: 128 and its number. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}
