/// <reference lib="esnext.disposable" preserve="true" />
export { CountingClock } from './counting-clock.ts'
export { endpointAt, endpointsAt } from './endpoint-at.ts'
export { type FakeClock, fakeClock } from './fake-clock.ts'
export { type ManualResolver, type ManualResolverOptions, manualResolver } from './manual-resolver.ts'
export { plainCall } from './plain-call.ts'
export { policyKit } from './policy-kit.ts'
export { type RecordedSets, recordSets } from './record-sets.ts'
export { seededRandom } from './seeded-random.ts'
