/**
 * The policy half of one grpc-js channel: picks by the balancer, keeps the connections to the peers, and tells grpc-js when queued calls may pick again.
 */
import type { Peer, PeerListener } from '@evenkeel/core'
import { type ChannelOptions, connectivityState, type experimental } from '@grpc/grpc-js'
import type { CallRecord } from '../calling/call-record.ts'
import type { PickAnswer } from '../calling/pick-results.ts'
import type { Hub } from '../hub.ts'
import type { Settings } from '../options.ts'
import { hubKey, type PolicyHalf } from '../surface/hub.ts'
import { PeerConnections, type PeerHost } from './peer-connections.ts'

// A channel that connects in advance, for `waitForReady`, tries again after this long: grpc-js's own first back-off.
const advanceBackoffMs = 1_000

/** One per grpc-js channel that is not idle. */
export class ChannelPolicy implements PolicyHalf, PeerHost, PeerListener, experimental.Picker {
  readonly settings: Settings
  readonly authority: string
  readonly #hub: Hub
  readonly #helper: experimental.ChannelControlHelper
  readonly #options: ChannelOptions
  readonly #byPeer = new Map<Peer, PeerConnections>()
  readonly #watching: Disposable
  #state: connectivityState = connectivityState.IDLE
  #publishing = false
  #advance: Disposable | undefined
  #sweep: Disposable | undefined
  #failed: 'never' | 'last' = 'never'
  #destroyed = false

  constructor(hub: Hub, helper: experimental.ChannelControlHelper, options: ChannelOptions) {
    this.#hub = hub
    this.#helper = helper
    this.settings = hub.settings
    this.authority = hub.authority
    // What is not the connection's must not be part of its key.
    const { [hubKey]: _hub, channelFactoryOverride: _factory, 'grpc.service_config': _config, ...rest } = options
    this.#options = rest
    this.#watching = hub.upstream.watch(this)
    this.publish()
    // It is opened because the channel is wanted: by a call, or by somebody who waits for ready.
    this.exitIdle()
  }

  /** grpc-js asks for every attempt, and again for those that were told to wait, whenever it is told of a new picker. */
  pick({ extraPickInfo }: experimental.PickArgs): PickAnswer {
    return (extraPickInfo as unknown as CallRecord).pick(this)
  }

  /** Made when the peer is first picked. */
  connectionsOf(peer: Peer): PeerConnections {
    let connections = this.#byPeer.get(peer)
    if (connections === undefined) {
      connections = new PeerConnections(this, peer)
      this.#byPeer.set(peer, connections)
      this.#sweepLater()
    }
    return connections
  }

  subchannelTo(peer: Peer, index: number): experimental.SubchannelInterface {
    const { address, port } = peer.endpoint
    // The pool shares subchannels of equal options: a further connection must differ.
    const options = index === 0 ? this.#options : { ...this.#options, 'evenkeel.connection': index }
    return this.#helper.createSubchannel({ host: address, port }, options)
  }

  /** Once for all that happens in this turn. */
  publish(): void {
    if (this.#publishing || this.#destroyed) return
    this.#publishing = true
    queueMicrotask(() => {
      this.#publishing = false
      if (this.#destroyed) return
      this.#state = this.#stateNow()
      this.#helper.updateState(this.#state, this, null)
    })
  }

  /** Called for every call too: it connects in advance only if nobody has picked by the next turn. */
  exitIdle(): void {
    if (
      this.#advance !== undefined ||
      this.#state === connectivityState.READY ||
      this.#state === connectivityState.CONNECTING
    )
      return
    const { clock } = this.settings
    const connect = (): void => {
      this.#advance = undefined
      if (this.#byPeer.size === 0) this.#hub.anyPeer((peer) => this.connectionsOf(peer).connect())
    }
    this.#advance = this.#failed === 'never' ? clock.afterPoll(connect) : clock.after(advanceBackoffMs, connect)
  }

  destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    this.#watching[Symbol.dispose]()
    this.#advance?.[Symbol.dispose]()
    this.#sweep?.[Symbol.dispose]()
    for (const connections of [...this.#byPeer.values()]) connections.end()
    this.#byPeer.clear()
    this.#hub.policyGone(this)
  }

  // What the upstream tells.

  leaving(peer: Peer): void {
    this.#byPeer.get(peer)?.drain()
  }

  left(peer: Peer): void {
    this.#byPeer.get(peer)?.drain()
  }

  // What the connections tell.

  unused({ peer }: PeerConnections): void {
    this.#byPeer.delete(peer)
  }

  goawaySaid(peer: Peer, session: object): void {
    this.#hub.goawaySaid(peer, session)
  }

  healthSaid(peer: Peer, serving: 'serving' | 'not-serving'): void {
    this.#hub.health?.said(peer, serving)
  }

  connectFailed(): void {
    this.#failed = 'last'
  }

  #stateNow(): connectivityState {
    let state = this.#failed === 'last' ? connectivityState.TRANSIENT_FAILURE : connectivityState.IDLE
    for (const connections of this.#byPeer.values()) {
      const one = connections.state
      if (one === 'open') {
        this.#failed = 'never'
        return connectivityState.READY
      }
      if (one === 'connecting') state = connectivityState.CONNECTING
    }
    return state
  }

  #sweepLater(): void {
    const { clock, idleMs } = this.settings
    this.#sweep ??= clock.after(idleMs / 2, () => {
      this.#sweep = undefined
      for (const connections of [...this.#byPeer.values()]) connections.sweep()
      if (this.#byPeer.size > 0) this.#sweepLater()
    })
  }
}
