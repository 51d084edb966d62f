/**
 * What the user's service config says of a method, found the way grpc-js finds it: service and method, then service, then the empty name.
 */
import { experimental } from '@grpc/grpc-js'

/** The parts of a service config that grpc-js acts on. */
export type ServiceConfig = NonNullable<Extract<Parameters<experimental.ResolverListener>[2], { ok: true }>>['value']
/** What it says of one method. */
export type MethodConfig = ServiceConfig['methodConfig'][number]

// As grpc-js: a caller that makes up names of methods must not fill the memory.
const maxCached = 100
const nothingSaid: MethodConfig = { name: [] }

/** One per channel. */
export class MethodConfigs {
  /** As grpc-js takes it from a resolver; without policies. */
  readonly serviceConfig: ServiceConfig
  /** The name whose health the config asks for. */
  readonly healthService: string | undefined
  readonly #cache = new Map<string, MethodConfig>()

  /** `text` is the channel option `grpc.service_config`, which grpc-js checks when the channel is made. */
  constructor(text: string | undefined) {
    const given = text === undefined ? {} : (JSON.parse(text) as Partial<ServiceConfig>)
    const { healthCheckConfig } = given as { readonly healthCheckConfig?: { readonly serviceName?: string } }
    this.healthService = healthCheckConfig?.serviceName
    this.serviceConfig = {
      ...given,
      loadBalancingConfig: [],
      methodConfig: (given.methodConfig ?? []).map(readTimeout),
    }
  }

  /** `path` is `/package.Service/Method`. */
  of(path: string): MethodConfig {
    const known = this.#cache.get(path)
    if (known !== undefined) return known
    const found = this.#find(path)
    if (this.#cache.size < maxCached) this.#cache.set(path, found)
    return found
  }

  #find(path: string): MethodConfig {
    const [, service = '', method = ''] = path.split('/')
    const { methodConfig } = this.serviceConfig
    const named = (isIt: (name: MethodConfig['name'][number]) => boolean): MethodConfig | undefined =>
      methodConfig.find(({ name }) => name.some(isIt))
    return (
      named((name) => name.service === service && name.method === method) ??
      named((name) => name.service === service && !name.method) ??
      named((name) => !name.service && !name.method) ??
      nothingSaid
    )
  }
}

function readTimeout(config: MethodConfig): MethodConfig {
  const { timeout } = config as { readonly timeout?: unknown }
  if (typeof timeout !== 'string') return config
  const parsed = experimental.parseDuration(timeout)
  return parsed === null ? config : { ...config, timeout: parsed }
}
