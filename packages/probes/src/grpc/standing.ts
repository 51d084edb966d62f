/**
 * How each service stands. `''` and `readyz` are readiness, `startupz` start-up, and `livez` says only that the process answers: a container
 * is restarted for it. A service of the application stands as the checks that it depends on.
 */
import { invalidOption } from '@evenkeel/core'
import type { AdapterHost } from '../adapters.ts'
import type { ServingStatus } from './messages.ts'

type Standing = Exclude<ServingStatus, 'SERVICE_UNKNOWN'>

/** Names that are known without being given: the whole server, and what HTTP has as paths. */
const ownNames = ['', 'livez', 'readyz', 'startupz']

/** The services of one server. */
export class Standings {
  readonly #host: AdapterHost
  readonly #services: ReadonlyMap<string, readonly string[]>

  /**
   * @param services names of the checks that each service depends on
   * @throws EvenkeelError with code EVENKEEL_INVALID_OPTION for a name that is taken and a check that is not there
   */
  constructor(host: AdapterHost, services: Readonly<Record<string, readonly string[]>>) {
    for (const [name, checks] of Object.entries(services)) {
      if (ownNames.includes(name))
        throw invalidOption('services', name, `a name other than ${ownNames.slice(1).join(', ')}, and not empty`)
      for (const check of checks)
        if (!host.checkNames.includes(check))
          throw invalidOption(`services.${name}`, check, `a name among checks: ${host.checkNames.join(', ')}`)
    }
    this.#host = host
    this.#services = new Map([
      ...ownNames.map((name) => [name, name === '' || name === 'readyz' ? host.checkNames : []] as const),
      ...Object.entries(services),
    ])
  }

  /** All that are known. */
  get names(): readonly string[] {
    return [...this.#services.keys()]
  }

  /** Asks the checks of a service; undefined for one that is not known. Never rejects. */
  async ask(name: string): Promise<Standing | undefined> {
    const checks = this.#services.get(name)
    // Nobody needs to be asked when the answer is no already.
    if (checks === undefined || checks.length === 0 || this.now(name) === 'NOT_SERVING') return this.now(name)
    const results = await this.#host.check(checks)
    return results.every(({ kind }) => kind === 'passed') ? this.now(name) : 'NOT_SERVING'
  }

  /** The same without its checks. */
  now(name: string): Standing | undefined {
    if (!this.#services.has(name)) return undefined
    if (name === 'livez') return 'SERVING'
    if (!this.#host.started()) return 'NOT_SERVING'
    return name === 'startupz' || this.#host.accepts() ? 'SERVING' : 'NOT_SERVING'
  }
}
