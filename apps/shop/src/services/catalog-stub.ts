/**
 * Both sides of `catalog.proto`, read when the process starts.
 */
import { join } from 'node:path'
import {
  type CallOptions,
  type Client,
  type ClientUnaryCall,
  loadPackageDefinition,
  type ServiceDefinition,
  type ServiceError,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { Told } from './backends.ts'

type Method<Request> = (
  request: Request,
  options: CallOptions,
  answered: (error: ServiceError | null, told?: Told) => void,
) => ClientUnaryCall

/** A client of the catalog. */
export interface CatalogClient extends Client {
  readonly getProduct: Method<{ readonly id: string }>
  readonly reserveProduct: Method<{ readonly id: string; readonly user: string }>
}

interface CatalogStub {
  new (...parts: ConstructorParameters<typeof Client>): CatalogClient
  readonly service: ServiceDefinition
}

// Without defaults a field that has its zero would be missing.
const loaded = loadSync(join(import.meta.dirname, 'catalog.proto'), { defaults: true })
const { shop } = loadPackageDefinition(loaded) as unknown as {
  readonly shop: { readonly v1: { Catalog: CatalogStub } }
}

/** `new CatalogClient(address, credentials, options)` */
export const CatalogClient: CatalogStub = shop.v1.Catalog

/** What a server adds. */
export const catalogService: ServiceDefinition = shop.v1.Catalog.service
