export { endpointAt, endpointsAt } from './endpoint-at.ts'
export { type FakeClock, fakeClock } from './fake-clock.ts'
export { type ManualResolver, type ManualResolverOptions, manualResolver } from './manual-resolver.ts'
export { seededRandom } from './seeded-random.ts'
