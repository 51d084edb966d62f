/**
 * The dispatchers compared, each as its users would make it.
 */
import { staticEndpoints } from '@evenkeel/core'
import { BalancedDispatcher } from '@evenkeel/http-transport'
import { BalancedPool, type Dispatcher, Pool } from 'undici'

/** Ours, what it is measured against, and undici's own balancer for scale. */
export type VariantName = 'balanced-dispatcher' | 'pools-in-turn' | 'undici-balanced-pool'

/** A way to send requests to the backends. */
export interface Variant {
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void
}

/** Makes a variant over backends on these ports. The process that measures ends with it, so nothing is closed. */
export const variants: Readonly<Record<VariantName, (ports: readonly number[]) => Variant>> = {
  'balanced-dispatcher': (ports) =>
    new BalancedDispatcher('service.bench', {
      resolver: staticEndpoints({ 'service.bench': ports.map((port) => `127.0.0.1:${port}`) }),
    }),
  'pools-in-turn': (ports) => {
    const pools = ports.map((port) => new Pool(`http://127.0.0.1:${port}`))
    let turn = 0
    return {
      dispatch(options, handler) {
        turn = turn + 1 < pools.length ? turn + 1 : 0
        ;(pools[turn] as Pool).dispatch(options, handler)
      },
    }
  },
  'undici-balanced-pool': (ports) => new BalancedPool(ports.map((port) => `http://127.0.0.1:${port}`)),
}
