/**
 * The catalog as the storefront calls it: a client of grpc-js with one time limit. Nothing here knows about pods.
 */
import type { CallOptions, ServiceError } from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import { CallFailed, type Told } from './backends.ts'
import type { CallCounts } from './call-counts.ts'
import type { CatalogClient } from './catalog-stub.ts'

/** What the storefront asks of it. */
export interface CatalogBackend {
  /** @throws CallFailed */
  product(id: string): Promise<Told>
  /** @throws CallFailed */
  reserve(id: string, user: string): Promise<Told>
}

/** Makes one; every call is counted. */
export function catalogBackend(client: CatalogClient, callMs: number, counts: CallCounts): CatalogBackend {
  const call = (
    send: (options: CallOptions, answered: (error: ServiceError | null, told?: Told) => void) => void,
  ): Promise<Told> =>
    new Promise((resolve, reject) => {
      const began = counts.began()
      send({ deadline: Date.now() + callMs }, (error, told = {}) => {
        if (error === null) {
          counts.succeeded(began)
          resolve(told)
          return
        }
        const failure = new CallFailed('catalog', status[error.code] ?? String(error.code), error)
        counts.failed(failure.code)
        reject(failure)
      })
    })
  return {
    product: (id) => call((options, answered) => client.getProduct({ id }, options, answered)),
    reserve: (id, user) => call((options, answered) => client.reserveProduct({ id, user }, options, answered)),
  }
}
