/**
 * What a pod does for a call.
 */
import type { ServerUnaryCall, ServerWritableStream, sendUnaryData, UntypedServiceImplementation } from '@grpc/grpc-js'
import type { Arrival } from '../arrivals.ts'
import { type Asked, messageEveryMs, type Told } from '../service.ts'

/** What handlers need to know. */
export interface OrdersOptions {
  /** Stands in every answer. */
  readonly pod: string
  /** How long a call takes, and may change. */
  readonly work: { readonly ms: number }
  /** Hears of every call, before anything is done for it. */
  arrived(arrival: Arrival): void
}

/** Handlers of `ordersService`. */
export function orders({ pod, work, arrived }: OrdersOptions): UntypedServiceImplementation {
  const unary =
    (method: 'read' | 'write') =>
    ({ request: { client, call, beganMs } }: ServerUnaryCall<Asked, Told>, answer: sendUnaryData<Told>): void => {
      arrived({ client, call, beganMs, method })
      setTimeout(() => answer(null, { pod }), work.ms)
    }
  return {
    read: unary('read'),
    write: unary('write'),
    follow: (stream: ServerWritableStream<Asked, Told>) => {
      const { client, call, beganMs, messages = 0 } = stream.request
      arrived({ client, call, beganMs, method: 'follow' })
      let left = messages
      const timer = setInterval(() => {
        stream.write({ pod })
        if (--left === 0) stream.end()
        if (left === 0) clearInterval(timer)
      }, messageEveryMs)
      stream.on('cancelled', () => clearInterval(timer))
    },
  }
}
