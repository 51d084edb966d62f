/// <reference lib="esnext.disposable" preserve="true" />
/**
 * gRPC that balances every call, with every client that is based on grpc-js.
 */
export { evenkeelErrorOf } from './calling/call-log.ts'
export { type BalancedChannel, type BalancedChannelOptions, balancedChannel } from './channel.ts'
export type { ConnectionOptions, GrpcOptions, HealthOptions, SharedOptions } from './options.ts'
