/**
 * Interop cases of calls that the server ends with a status other than OK.
 */
import { type Client, status } from '@grpc/grpc-js'
import { askOnce, converse, drain } from '../call.ts'
import { caseOf, type InteropCase } from '../case.ts'
import { claimStatus } from '../claims.ts'
import { testService, unimplementedService } from '../service.ts'

/** Code and message arrive. */
export const statusCodeAndMessage: InteropCase = caseOf('status_code_and_message', async (client) => {
  const message = 'test status message'
  await claimUnaryEcho(client, message)
  const stream = converse(client, testService.FullDuplexCall)
  const ended = drain(stream)
  stream.write({ responseStatus: { code: status.UNKNOWN, message } })
  stream.end()
  claimStatus(await ended, status.UNKNOWN, message)
})

/** White space and characters of every plane arrive in a message. */
export const specialStatusMessage: InteropCase = caseOf('special_status_message', async (client) => {
  await claimUnaryEcho(client, '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n')
})

/** A service that the server has, a method that it has not. */
export const unimplementedMethod: InteropCase = caseOf('unimplemented_method', async (client) => {
  claimStatus(await askOnce(client, testService.UnimplementedCall, {}), status.UNIMPLEMENTED)
})

/** A service that the server has not. */
export const unimplementedServiceCase: InteropCase = caseOf('unimplemented_service', async (client) => {
  claimStatus(await askOnce(client, unimplementedService.UnimplementedCall, {}), status.UNIMPLEMENTED)
})

async function claimUnaryEcho(client: Client, message: string): Promise<void> {
  const request = { responseStatus: { code: status.UNKNOWN, message } }
  claimStatus(await askOnce(client, testService.UnaryCall, request), status.UNKNOWN, message)
}
