/**
 * What a number means: the ports of a Service, which stand in no slice. Asked for only where a Service has several ports and a number was given.
 */
import type { EvenkeelError } from '@evenkeel/core'
import { read } from '../reflecting/asking/read.ts'
import { Refusal } from '../reflecting/asking/status.ts'
import { Backoff } from '../reflecting/backoff.ts'
import { failureOf } from '../reflecting/failure.ts'
import { pause } from '../reflecting/pause.ts'
import { reactionTo } from '../reflecting/reaction.ts'
import type { ServicePort } from '../slices/endpoint-slice.ts'
import type { StreamKit } from './slice-stream.ts'

/** Who wants to know. */
export interface PortsWanted {
  readonly namespace: string
  readonly service: string
  readonly port: string | number | undefined
  found(ports: readonly ServicePort[]): void
  refused(error: EvenkeelError): void
}

/** Asks until there is an answer or the signal ends it. Nothing is thrown. */
export async function findServicePorts(kit: StreamKit, wanted: PortsWanted, signal: AbortSignal): Promise<void> {
  const { server, clock, random } = kit
  const { namespace, service, port } = wanted
  const backoff = new Backoff(clock, random)
  let hasRenewed = false
  while (!signal.aborted) {
    try {
      const text = await read(kit, `/api/v1/namespaces/${namespace}/services/${service}`, signal)
      const { spec } = JSON.parse(text) as { readonly spec?: { readonly ports?: readonly ServicePort[] | null } | null }
      wanted.found(spec?.ports ?? [])
      return
    } catch (error) {
      if (signal.aborted) return
      const backoffMs = backoff.next()
      const { delayMs } = reactionTo(error, { backoffMs, failures: backoff.failures, hasRenewed, random })
      if (error instanceof Refusal && error.kind === 'unauthorized') {
        server.renew()
        hasRenewed = true
      }
      const reason = `to know which port ${port} of ${service} is, since it has several; naming the port needs no permission`
      wanted.refused(
        failureOf(error, server.url, { group: '', resource: 'services', verbs: ['get'], namespace, reason }),
      )
      await pause(clock, delayMs, signal)
    }
  }
}
