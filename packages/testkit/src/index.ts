/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The laws of balancing as one conformance suite, for every policy, guard, narrowing, resolver and transport, ours and yours.
 */
export {
  type ApiAnswerScript,
  type ApiBehaviour,
  type ApiConnection,
  type ApiDoor,
  type ApiEventType,
  type ApiFailureScript,
  type ApiGrant,
  type ApiMetadata,
  type ApiProtocol,
  type ApiScriptOptions,
  type ApiServeScript,
  type ApiService,
  type ApiSlice,
  type ApiStreamScript,
  type ApiVerb,
  type ApiWatch,
  type FakeApiServer,
  type FakeApiServerOptions,
  fakeApiServer,
  type SeenApiRequest,
  type StoredMetadata,
  type StoredObject,
  tokenHash,
  watchLine,
} from './api-server.ts'
export {
  type Behaviour,
  type Fleet,
  type FleetEndpoint,
  fleet,
  type Script,
  type ScriptedAnswer,
  type ScriptedFailure,
  type SeenRequest,
} from './fleet.ts'
export { type GuardLawOptions, guardLaws } from './guard-laws.ts'
export type { HistoryOptions } from './history-options.ts'
export { Breach, type Law } from './law.ts'
export { type NarrowingLawOptions, type NarrowingReference, narrowingLaws } from './narrowing-laws.ts'
export { type PolicyLawOptions, policyLaws } from './policy-laws.ts'
export { type MadeResolver, type ResolverControl, type ResolverSubject, resolverLaws } from './resolver-laws.ts'
export {
  type LawBehaviour,
  type LawServer,
  type OpenTransport,
  type TransportAnswer,
  type TransportCall,
  type TransportLimits,
  type TransportSubject,
  transportLaws,
} from './transport-laws.ts'
