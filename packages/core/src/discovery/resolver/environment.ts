/**
 * The variables that kubelet sets for every Service that existed before the pod: `USER_SERVICE_SERVICE_HOST`,
 * `USER_SERVICE_SERVICE_PORT`, `USER_SERVICE_SERVICE_PORT_HTTP`, and Docker's links beside them,
 * `USER_SERVICE_PORT_8080_TCP_ADDR`, `USER_SERVICE_PORT_8080_TCP_PORT` and `USER_SERVICE_PORT=tcp://10.0.0.1:8080`
 * (Kubernetes documentation, "Environment variables" of Services).
 *
 * They name the Service's one virtual address, so there is nothing to balance: a last resort behind `fallback`, which says so once.
 * A bare number in `USER_SERVICE_PORT` is never read: it is an application's own setting, or another Service's variable.
 */
import { type Clock, systemClock } from '../../clock.ts'
import { events } from '../../events.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import type { Observer, Resolver, Watch } from '../resolver.ts'
import { SetPublisher } from '../set-publisher.ts'
import { formatTarget, type Target } from '../target.ts'
import { addressFromVariables } from './service-variables.ts'

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Options of `environment`. */
export interface EnvironmentOptions {
  /** Copied when the resolver is made: kubelet sets them before the process starts. @defaultValue process.env */
  readonly variables?: Variables | undefined
  /**
   * The own namespace, since the variables are those of Services beside the pod.
   * @defaultValue unknown: only targets without a namespace are claimed
   */
  readonly namespace?: string | undefined
  /** Where time comes from. @defaultValue the process's clock */
  readonly clock?: Clock | undefined
}

/**
 * Claims the targets of the own namespace for which there are variables. The one endpoint is `virtual`. The first watch publishes a
 * warning `EVENKEEL_VIRTUAL_ADDRESS` on `evenkeel:warning`, once per resolver.
 *
 * @example
 * ```ts run
 * import { endpoints, environment } from '@evenkeel/core'
 *
 * const variables = { USER_SERVICE_SERVICE_HOST: '10.96.0.7', USER_SERVICE_SERVICE_PORT: '8080' }
 * const [only] = await endpoints(environment({ variables }), 'user-service')
 * console.log(only?.locator, only?.virtual)
 * ```
 * ```text
 * 10.96.0.7:8080 true
 * ```
 */
export function environment(options: EnvironmentOptions = {}): Resolver {
  const { variables = process.env, namespace, clock = systemClock } = options
  return new Environment({ ...variables }, namespace, clock)
}

class Environment implements Resolver {
  readonly #variables: Variables
  readonly #namespace: string | undefined
  readonly #clock: Clock
  #warned = false

  constructor(variables: Variables, namespace: string | undefined, clock: Clock) {
    this.#variables = variables
    this.#namespace = namespace
    this.#clock = clock
  }

  claims(target: Target): boolean {
    return this.#find(target) !== undefined
  }

  watch(target: Target, observer: Observer): Watch {
    const found = this.#find(target)
    if (found !== undefined) this.#warn(target)
    const publisher = new SetPublisher(observer)
    // Variables that are not there prove nothing (the Service may be younger than the pod), yet nobody else is being asked.
    publisher.publish({ status: found === undefined ? 'absent' : 'ok', endpoints: found === undefined ? [] : [found] })
    return new FixedWatch(this.#clock)
  }

  #find(target: Target): Endpoint | undefined {
    // Those of the API server are set in every pod and belong to the namespace default.
    const home = target.service === 'kubernetes' ? 'default' : this.#namespace
    const { namespace = this.#namespace } = target
    if (namespace !== undefined && namespace !== home) return undefined
    const place = addressFromVariables(this.#variables, target)
    return place === undefined ? undefined : endpoint({ ...place, virtual: true })
  }

  #warn(target: Target): void {
    // Said to nobody is not said: the next watch tries again.
    if (this.#warned || !events.warning.hasSubscribers) return
    this.#warned = true
    events.warning.publish({
      code: 'EVENKEEL_VIRTUAL_ADDRESS',
      service: formatTarget(target),
      text:
        'Environment variables name one virtual address per Service, so there is nothing to balance between. ' +
        'Use a resolver that knows the pods; enableServiceLinks: false in the pod spec switches these variables off.',
    })
  }
}

/** Variables never change, so every question is answered and nothing runs. */
class FixedWatch implements Watch {
  readonly #clock: Clock
  #answers = 1

  constructor(clock: Clock) {
    this.#clock = clock
  }

  refresh(): void {
    this.#answers += 1
  }

  get seenAt(): number {
    return this.#clock.now()
  }

  get completeAnswers(): number {
    return this.#answers
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
