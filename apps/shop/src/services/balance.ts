/**
 * What makes the calls of the storefront balanced: every call goes to a pod of its own choice, and not to the pod that a connection once led to.
 */
import { BalancedAgent } from '@evenkeel/http-transport'
import { kubernetes } from '@evenkeel/k8s-watch-resolver'
import { setGlobalDispatcher } from 'undici'

/** From now on, for the whole process. */
export function balanceCalls(): void {
  setGlobalDispatcher(new BalancedAgent({ resolver: kubernetes() }))
}
