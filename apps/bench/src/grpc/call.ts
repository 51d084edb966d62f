/**
 * The one kind of call that is measured: unary, with messages that are bytes already, so that no codec costs anything.
 */
import type { Client } from '@grpc/grpc-js'
import { method } from './variants.ts'

/** The codec of messages that are bytes. */
export const asIs = (bytes: Buffer): Buffer => bytes

/** What is sent. */
export const emptyMessage: Buffer = Buffer.alloc(0)

/** One call with a deadline: its answer, or undefined if it failed. Never rejects. */
export function callOnce(client: Client, deadlineMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(method, asIs, asIs, emptyMessage, { deadline: Date.now() + deadlineMs }, (error, answer) =>
      resolve(error === null ? answer?.toString('latin1') : undefined),
    )
  })
}
