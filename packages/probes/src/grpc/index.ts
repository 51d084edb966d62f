export { type GrpcServerOptions, grpcServer } from './grpc-server.ts'
