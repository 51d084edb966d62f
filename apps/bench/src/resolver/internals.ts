/**
 * The parts of the resolver below its front door: what is measured is bytes to endpoints, without the sockets that `kubernetes` would bring.
 */
// @boundaries-ignore the bench looks at what no user can import
export type { ApiAnswer, ApiServer } from '../../../../packages/k8s-watch-resolver/src/access/api-server.ts'
// @boundaries-ignore the bench looks at what no user can import
export { NamespaceStreams } from '../../../../packages/k8s-watch-resolver/src/sharing/namespace-streams.ts'
// @boundaries-ignore the bench looks at what no user can import
export { OpenWatch } from '../../../../packages/k8s-watch-resolver/src/sharing/open-watch.ts'
// @boundaries-ignore the bench looks at what no user can import
export { addressRule } from '../../../../packages/k8s-watch-resolver/src/slices/address-rule.ts'
// @boundaries-ignore the bench looks at what no user can import
export { ServiceSlices } from '../../../../packages/k8s-watch-resolver/src/slices/service-slices.ts'
