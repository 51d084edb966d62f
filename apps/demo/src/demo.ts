/**
 * One run: starts servers and clients, plays the scenes, and hands over what happened. No figure in it is scripted.
 */
import { evaluate, type Outcome, type Played } from './evaluate.ts'
import { Children } from './fleet/children.ts'
import { Fleet } from './fleet/fleet.ts'
import { type ClientNews, type ClientOrder, clientNames, type PerClient, perClient } from './messages.ts'
import { Recording } from './recording/recording.ts'
import { stoppable } from './stoppable.ts'
import { endSeconds, leadInSeconds, type Plan, warmUpSeconds } from './story.ts'

const pods = 6
// As often as clients report.
const lookMs = 250

/** What is happening, for those who look on. */
export interface Now {
  readonly scene: string
  /** One line about the scene. */
  readonly says: string
  /** Names of the scenes that are over. */
  readonly done: readonly string[]
  /** Seconds since the first request. */
  readonly seconds: number
  readonly fleet: Fleet
  readonly recordings: PerClient<Recording>
}

/** What a run is made of. */
export interface DemoOptions {
  readonly plan: Plan
  readonly seed: number
  /** Called four times a second. */
  look(now: Now): void
  /** Aborting ends the run with the signal's reason. */
  readonly signal: AbortSignal
}

/** Plays the plan. Whichever way it ends, no child is left. */
export async function playDemo({ plan, seed, look, signal }: DemoOptions): Promise<Outcome> {
  const children = new Children()
  const recordings = perClient(() => new Recording())
  const posts = new Map<string, number>()
  const broken = new AbortController()
  const { pass, unlessStopped } = stoppable(AbortSignal.any([signal, broken.signal]))
  const clients = clientNames.map((name) => {
    const client = children.start('clients/client-process.ts', name, String(seed))
    client.on('message', (news: ClientNews) => recordings[name].add(news, Date.now()))
    client.once('exit', (code) => broken.abort(new Error(`the client ${name} ended with ${code}`)))
    return client
  })
  const order = (message: ClientOrder): void => {
    for (const client of clients) if (client.connected) client.send(message)
  }
  const fleet = new Fleet(
    children,
    (endpoints) => order({ kind: 'endpoints', endpoints }),
    (id) => posts.set(id, (posts.get(id) ?? 0) + 1),
  )
  let scene = { name: 'warm-up', says: 'all is well' }
  let ticker: NodeJS.Timeout | undefined
  try {
    await unlessStopped(Promise.all(Array.from({ length: pods }, () => fleet.add())))
    fleet.publish('at once')
    const from = Date.now()
    const played: Played[] = []
    ticker = setInterval(() => {
      const done = played.map(({ scene }) => scene.name)
      look({ scene: scene.name, says: scene.says, done, seconds: (Date.now() - from) / 1_000, fleet, recordings })
    }, lookMs)
    await pass(warmUpSeconds)
    for (const next of plan.scenes) {
      scene = next
      const started = Date.now()
      await pass(leadInSeconds)
      played.push({ scene: next, from: started, marks: await unlessStopped(next.run({ fleet, pass })) })
      scene = { name: 'pause', says: 'all is well' }
      await pass(plan.pauseSeconds)
    }
    scene = { name: 'end', says: 'no new requests; the last answers come' }
    order({ kind: 'stop' })
    await pass(endSeconds)
    return evaluate({ played, recordings, posts, all: { from, to: Date.now() } })
  } finally {
    clearInterval(ticker)
    fleet.stop()
    await children.killAll()
  }
}
