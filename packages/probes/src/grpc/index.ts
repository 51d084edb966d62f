export { type GrpcServerOptions, grpcServer } from './grpc-server.ts'
export type { GrpcJsServer } from './inside.ts'
