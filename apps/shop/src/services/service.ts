/**
 * The services of the shop by their names. The members stand beside.
 */
import type { Upstreams } from '@evenkeel/core'
import type { ServeOptions } from '../serving/serve.ts'
import type { Settings } from '../settings.ts'
import { catalog } from './catalog.ts'
import { storefront } from './storefront.ts'
import { users } from './users.ts'

/** Routes, calls of gRPC and figures of a service. */
export type Service = Pick<ServeOptions, 'routes' | 'calls' | 'figures'>

/** Name of a service, which is that of its Deployment too. */
export type ServiceName = 'users' | 'catalog' | 'storefront'

const services: Readonly<Record<ServiceName, (settings: Settings, services?: Upstreams) => Service>> = {
  users,
  catalog,
  storefront,
}

/** @throws Error for a name that no service has */
export function serviceNamed(name = 'nothing'): ServiceName {
  if (Object.hasOwn(services, name)) return name as ServiceName
  throw new Error(`service: ${name} (expected: ${Object.keys(services).join(', ')})`)
}

/** Makes one; it does nothing until it is served. @param upstreams what it calls others through, if its calls are balanced */
export function createService(name: ServiceName, settings: Settings, upstreams?: Upstreams): Service {
  return services[name](settings, upstreams)
}
