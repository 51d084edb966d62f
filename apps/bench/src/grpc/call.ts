/**
 * The one kind of call that is measured: unary, with messages that are bytes already, so that no codec costs anything.
 */
import { type Client, status } from '@grpc/grpc-js'
import { method } from './variants.ts'

/** The codec of messages that are bytes. */
export const asIs = (bytes: Buffer): Buffer => bytes

/** What is sent. */
export const emptyMessage: Buffer = Buffer.alloc(0)

/** What became of a call. */
export type Answered =
  | { readonly kind: 'good'; readonly message: string }
  | { readonly kind: 'failed'; readonly code: string }

/** One call with a deadline. Never rejects. */
export function callOnce(client: Client, deadlineMs: number): Promise<Answered> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(method, asIs, asIs, emptyMessage, { deadline: Date.now() + deadlineMs }, (error, answer) =>
      resolve(
        error === null
          ? { kind: 'good', message: answer?.toString('latin1') ?? '' }
          : { kind: 'failed', code: status[error.code] },
      ),
    )
  })
}
