/**
 * One error class with stable codes. The message says what, where, whose fault and the next step; the original is kept as `cause`.
 * Headers, bodies and tokens never get in here. The table below is the only description of the codes.
 */
import type { Fate, Fault } from './calling/outcome.ts'
import { describe } from './errors/description.ts'

/** What a code means, what an error of it may say of the request, and what to do next. */
export interface ErrorMeaning {
  /** What has happened, in a clause. */
  readonly means: string
  /** Whose fault it can be. */
  readonly faults: readonly Fault[]
  /** What can have become of the attempt that ended so; empty where there is no request. An earlier attempt may have been processed all the same. */
  readonly fates: readonly Fate[]
  /** What to do now, as an imperative. */
  readonly next: string
}

/** A stable code: what programs compare. */
export type ErrorCode =
  | 'EVENKEEL_INVALID_OPTION'
  | 'EVENKEEL_INVALID_TARGET'
  | 'EVENKEEL_NOT_CLAIMED'
  | 'EVENKEEL_SERVICE_ABSENT'
  | 'EVENKEEL_NO_ENDPOINTS'
  | 'EVENKEEL_DISCOVERY_FAILED'
  | 'EVENKEEL_DISCOVERY_UNREACHABLE'
  | 'EVENKEEL_DISCOVERY_UNAUTHORIZED'
  | 'EVENKEEL_DISCOVERY_FORBIDDEN'
  | 'EVENKEEL_FAILFAST'
  | 'EVENKEEL_ALL_FULL'
  | 'EVENKEEL_QUEUE_FULL'
  | 'EVENKEEL_DEADLINE'
  | 'EVENKEEL_CONNECT_FAILED'
  | 'EVENKEEL_CONNECT_TIMEOUT'
  | 'EVENKEEL_HEAD_TIMEOUT'
  | 'EVENKEEL_BODY_TIMEOUT'
  | 'EVENKEEL_CONNECTION_LOST'
  | 'EVENKEEL_REQUEST_REFUSED'
  | 'EVENKEEL_CALLER_EXHAUSTED'
  | 'EVENKEEL_PROTOCOL'
  | 'EVENKEEL_CLOSED'

/** What each code means and what to do next. The code is the contract; the words may change. */
export const errorCodes: Readonly<Record<ErrorCode, ErrorMeaning>> = {
  EVENKEEL_INVALID_OPTION: {
    means: 'an option has a value that is not accepted',
    faults: ['caller'],
    fates: [],
    next: 'correct the option named in the message',
  },
  EVENKEEL_INVALID_TARGET: {
    means: 'the text does not name a service',
    faults: ['caller'],
    fates: [],
    next: 'write service, service.namespace or service.namespace.svc, then :port if needed',
  },
  EVENKEEL_NOT_CLAIMED: {
    means: 'no resolver answers for the target',
    faults: ['caller'],
    fates: [],
    next: 'add the target to a resolver, or ask through an agent, which passes other names through',
  },
  EVENKEEL_SERVICE_ABSENT: {
    means: 'discovery has seen everything and there is no such Service',
    faults: ['discovery'],
    fates: ['unprocessed'],
    next: 'check the name and the namespace',
  },
  EVENKEEL_NO_ENDPOINTS: {
    means: 'the Service exists and nobody is ready',
    faults: ['endpoint'],
    fates: ['unprocessed'],
    next: 'check the readiness of its pods',
  },
  EVENKEEL_DISCOVERY_FAILED: {
    means: 'no list of endpoints was ever obtained',
    faults: ['discovery'],
    fates: ['unprocessed'],
    next: 'see the cause; grant access or repair the source',
  },
  EVENKEEL_DISCOVERY_UNREACHABLE: {
    means: 'the source of endpoints gives no answer that can be used; the last list is kept',
    faults: ['discovery'],
    fates: [],
    next: 'see the cause; it is tried again by itself',
  },
  EVENKEEL_DISCOVERY_UNAUTHORIZED: {
    means: 'the source of endpoints does not accept who asks; the last list is kept',
    faults: ['discovery'],
    fates: [],
    next: 'check the token and that its service account still exists; both are read again by themselves',
  },
  EVENKEEL_DISCOVERY_FORBIDDEN: {
    means: 'the source of endpoints does not let this process see them; the last list is kept',
    faults: ['discovery'],
    fates: [],
    next: 'apply the Role and RoleBinding of the message; it is tried again by itself',
  },
  EVENKEEL_FAILFAST: {
    means: 'nothing has been usable for a while, so calls fail at once',
    faults: ['endpoint'],
    fates: ['unprocessed'],
    next: 'check the pods of the Service; calls resume by themselves',
  },
  EVENKEEL_ALL_FULL: {
    means: 'every endpoint is at its limit of calls',
    faults: ['endpoint'],
    fates: ['unprocessed'],
    next: 'add endpoints, raise the limit, or send less',
  },
  EVENKEEL_QUEUE_FULL: {
    means: 'too many calls wait for an endpoint',
    faults: ['endpoint'],
    fates: ['unprocessed'],
    next: 'add endpoints, raise maxWaiting, or send less',
  },
  EVENKEEL_DEADLINE: {
    means: 'the time of the call is over',
    faults: ['endpoint', 'caller'],
    fates: ['unprocessed', 'maybe-processed'],
    next: 'give it more time, or see in the attempts where it went',
  },
  EVENKEEL_CONNECT_FAILED: {
    means: 'no connection to the endpoint came about',
    faults: ['network'],
    fates: ['unprocessed'],
    next: 'see the cause; nothing was sent',
  },
  EVENKEEL_CONNECT_TIMEOUT: {
    means: 'the endpoint did not accept a connection in time',
    faults: ['network'],
    fates: ['unprocessed'],
    next: 'check network policies and the node; nothing was sent',
  },
  EVENKEEL_HEAD_TIMEOUT: {
    means: 'the endpoint did not begin to answer in time',
    faults: ['endpoint', 'network'],
    fates: ['maybe-processed', 'unprocessed'],
    next: 'check the endpoint, or raise headMs',
  },
  EVENKEEL_BODY_TIMEOUT: {
    means: 'the endpoint stopped sending the body of its answer',
    faults: ['endpoint'],
    fates: ['answered'],
    next: 'check the endpoint, or raise bodyMs',
  },
  EVENKEEL_CONNECTION_LOST: {
    means: 'the connection ended before the answer was complete',
    faults: ['endpoint'],
    fates: ['maybe-processed', 'answered'],
    next: 'check whether the endpoint crashed or was stopped without a drain',
  },
  EVENKEEL_REQUEST_REFUSED: {
    means: 'the endpoint refused the request before it did anything of it',
    faults: ['endpoint'],
    fates: ['unprocessed'],
    next: 'it is leaving, or at its limit of streams; send it again',
  },
  EVENKEEL_CALLER_EXHAUSTED: {
    means: 'this process has run out of descriptors, ports or time',
    faults: ['caller'],
    fates: ['unprocessed', 'maybe-processed', 'answered'],
    next: 'look at this process, not at the endpoint',
  },
  EVENKEEL_PROTOCOL: {
    means: 'the endpoint sent something that is not a valid answer',
    faults: ['endpoint'],
    fates: ['maybe-processed', 'answered'],
    next: 'check what listens at the endpoint',
  },
  EVENKEEL_CLOSED: {
    means: 'it was closed',
    faults: ['caller'],
    fates: ['unprocessed'],
    next: 'do not use it after close',
  },
}

/**
 * How far an attempt had come: `pick`, nothing was begun; `connect`; `sent`, bytes may have left; `head`, the request has left and its answer is awaited;
 * `body`, the head has come.
 */
export type Phase = 'pick' | 'connect' | 'sent' | 'head' | 'body'

/** One attempt of a failed call. */
export interface AttemptRecord {
  /** Locator of the endpoint; undefined when none was found. */
  readonly endpoint: string | undefined
  /** How far it came. */
  readonly phase: Phase
  /** How long it took. */
  readonly ms: number
  /** The code of the failure, or the HTTP status as text. */
  readonly code: string
}

/** The facts of an error. All but the words are optional, since not every failure is a call's. */
export interface ErrorFacts {
  /** The target as text. */
  readonly service?: string | undefined
  /** Locator of the endpoint that the last attempt went to. */
  readonly endpoint?: string | undefined
  /** All attempts, in order. */
  readonly attempts?: readonly AttemptRecord[] | undefined
  /** What became of the request. */
  readonly fate?: Fate | undefined
  /** Whose fault it was. */
  readonly fault?: Fault | undefined
  /** For how long this process could not run while the call was under way. */
  readonly loopLagMs?: number | undefined
  /** Age of the last sign of life from discovery. */
  readonly discoveryAgeMs?: number | undefined
  /** The original error, kept as it was. */
  readonly cause?: unknown
}

// Registered under a global symbol, so that two copies of this package recognise each other's errors.
const brand = Symbol.for('evenkeel.error')

/**
 * The only error class of evenkeel. Recognise it with `EvenkeelError.is`, which also works across duplicate installs.
 *
 * @example
 * ```ts run
 * import { EvenkeelError, parseTarget } from '@evenkeel/core'
 *
 * try {
 *   parseTarget('user_service')
 * } catch (error) {
 *   if (!EvenkeelError.is(error)) throw error
 *   console.log(error.code, error.fault)
 * }
 * ```
 * ```text
 * EVENKEEL_INVALID_TARGET caller
 * ```
 */
export class EvenkeelError extends Error {
  override readonly name = 'EvenkeelError'
  /** What programs compare; `errorCodes` says what it means. */
  readonly code: ErrorCode
  /** The target as text; undefined where it is about none. */
  readonly service: string | undefined
  /** Locator of the endpoint that the last attempt went to. */
  readonly endpoint: string | undefined
  /** All attempts, in order; empty where it is not a call's. */
  readonly attempts: readonly AttemptRecord[]
  /** What became of the request; undefined where there was none. */
  readonly fate: Fate | undefined
  /** Whose fault it was, when that is known. */
  readonly fault: Fault | undefined
  /** For how long this process could not run while the call was under way. */
  readonly loopLagMs: number | undefined
  /** Age of the last sign of life from discovery. */
  readonly discoveryAgeMs: number | undefined
  /** What to do now. */
  readonly next: string

  constructor(code: ErrorCode, detail: string, facts: ErrorFacts = {}) {
    const { next } = errorCodes[code]
    super(
      `${code}: ${describe(detail, facts)}. Next: ${next}.`,
      facts.cause === undefined ? undefined : { cause: facts.cause },
    )
    this.code = code
    this.service = facts.service
    this.endpoint = facts.endpoint
    this.attempts = facts.attempts ?? []
    this.fate = facts.fate
    this.fault = facts.fault
    this.loopLagMs = facts.loopLagMs
    this.discoveryAgeMs = facts.discoveryAgeMs
    this.next = next
    Object.defineProperty(this, brand, { value: true })
  }

  /** Whether `error` is an error of evenkeel, of this copy of the package or another. */
  static is(error: unknown): error is EvenkeelError {
    return typeof error === 'object' && error !== null && (error as { [brand]?: unknown })[brand] === true
  }
}

/** A refusal that names the option, the value and what was expected: `decayMs: 0 (expected: > 0)`. */
export function invalidOption(name: string, value: unknown, expected: string): EvenkeelError {
  return new EvenkeelError('EVENKEEL_INVALID_OPTION', `${name}: ${show(value)} (expected: ${expected})`, {
    fault: 'caller',
  })
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? `an array of ${value.length}` : 'an object'
  return String(value)
}
