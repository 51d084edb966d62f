/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Everything that decides: discovery, peers, choosing, attempts. No I/O, no dependency.
 */

export type { BackoffOptions } from './calling/attempts/backoff.ts'
export type { Budget, BudgetOptions } from './calling/attempts/budget.ts'
export type { Attempts, Made, RetryOptions } from './calling/attempts.ts'
export { type Balancer, type BalancerOptions, refusalError } from './calling/balancer.ts'
export { type Call, untried } from './calling/call.ts'
export * from './calling/load-report.ts'
export * from './calling/outcome.ts'
export type { Answer, Pick, Reason } from './calling/pick.ts'
export type { Resume } from './calling/waiting-line.ts'
export { eligible } from './choosing/chooser/eligible.ts'
export { leastLoadedChooser } from './choosing/chooser/least-loaded.ts'
export { powerOfTwoChooser } from './choosing/chooser/power-of-two.ts'
export { randomChooser } from './choosing/chooser/random.ts'
export { roundRobinChooser } from './choosing/chooser/round-robin.ts'
export { weightedRoundRobinChooser } from './choosing/chooser/weighted-round-robin.ts'
export type { Chooser } from './choosing/chooser.ts'
export { constant } from './choosing/load/constant.ts'
export { PeakEwma } from './choosing/load/peak-ewma.ts'
export { pending } from './choosing/load/pending.ts'
export type { Load } from './choosing/load.ts'
export { byShare, byWeight, Members, type Weigh } from './choosing/members.ts'
export { type LeastRequestOptions, leastRequest } from './choosing/policy/least-request.ts'
export { type PeakEwmaOptions, peakEwma } from './choosing/policy/peak-ewma.ts'
export { random } from './choosing/policy/random.ts'
export { roundRobin } from './choosing/policy/round-robin.ts'
export { weightedRoundRobin } from './choosing/policy/weighted-round-robin.ts'
export type { Kit, Policy } from './choosing/policy.ts'
// For those who write resolvers, policies, guards, narrowings and transports.
export * from './clock.ts'
export * from './discovery/claimed-name.ts'
export {
  type Condition,
  type Endpoint,
  type EndpointOptions,
  endpoint,
  type Hints,
  sameEndpoint,
} from './discovery/endpoint.ts'
export type { EndpointSet, Status } from './discovery/endpoint-set.ts'
export { type EndpointDetails, type EndpointInput, parseEndpoint, readEndpoint } from './discovery/endpoint-text.ts'
export { type EndpointsOptions, endpoints } from './discovery/endpoints.ts'
export * from './discovery/followed-set.ts'
export * from './discovery/forbidden.ts'
export * from './discovery/resolver/environment.ts'
export * from './discovery/resolver/fallback.ts'
export * from './discovery/resolver/last-good.ts'
export * from './discovery/resolver/merge.ts'
export * from './discovery/resolver/static-endpoints.ts'
export type { Observer, Resolver, Watch } from './discovery/resolver.ts'
export * from './discovery/set-publisher.ts'
// For users.
export { formatTarget, parseTarget, readTarget, type Target, type TargetOptions } from './discovery/target.ts'
export * from './errors.ts'
export * from './events.ts'
export type { Narrowing, Self, World } from './narrowing/narrowing.ts'
export type { Stage } from './narrowing/stage.ts'
export { TerminationTier, terminationTier } from './narrowing/termination-tier.ts'
export { type ConsecutiveFailuresOptions, consecutiveFailures } from './peers/guard/consecutive-failures.ts'
export { type DrainMarkOptions, drainMark } from './peers/guard/drain-mark.ts'
export { type RetryAfterOptions, retryAfter } from './peers/guard/retry-after.ts'
export type { Guard, GuardFactory } from './peers/guard.ts'
export type { Moment, PickMoment } from './peers/moment.ts'
export type { Peer } from './peers/peer.ts'
export type { Standing, Votes } from './peers/standing.ts'
export type { Tracker } from './peers/tracker.ts'
export type { PeerInspection, PeerListener, Upstream, UpstreamInspection } from './peers/upstream.ts'
export { type Upstreams, type UpstreamsOptions, upstreams } from './peers/upstreams.ts'
export * from './random.ts'
