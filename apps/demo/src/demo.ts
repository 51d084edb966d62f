/**
 * One run: starts servers and clients, plays the scenes, and hands over what happened. No figure in it is scripted.
 */
import type { Check } from '@evenkeel/tooling/result'
import { Children } from './children.ts'
import { Fleet } from './fleet.ts'
import { type ClientName, type ClientNews, type ClientOrder, clientNames, type EndpointNews } from './messages.ts'
import { type Figures, Recording, type Stretch } from './recording.ts'
import { atMost, type Marks, type Scene } from './scene.ts'
import { endSeconds, type Plan, warmUpSeconds } from './story.ts'

const pods = 6

/** What is happening, for those who look on. */
export interface Now {
  readonly scene: string
  /** Seconds since the first request. */
  readonly seconds: number
  readonly fleet: Fleet
  readonly recordings: ReadonlyMap<ClientName, Recording>
}

/** One scene as it was played. */
export interface PlayedScene {
  readonly name: string
  readonly marks: Marks
  readonly figures: Readonly<Record<ClientName, Figures>>
}

/** All of a run. */
export interface Outcome {
  readonly checks: readonly Check[]
  readonly scenes: readonly PlayedScene[]
  readonly total: Readonly<Record<ClientName, Figures>>
  /** POSTs that servers began to process more than once. */
  readonly postedTwice: Readonly<Record<ClientName, number>>
}

/** Plays the plan. `look` is called four times a second. Aborting the signal ends the run with its reason; no child is left either way. */
export async function playDemo(plan: Plan, look: (now: Now) => void, signal: AbortSignal): Promise<Outcome> {
  const children = new Children()
  const recordings = new Map(clientNames.map((name) => [name, new Recording()]))
  const posts = new Map<string, number>()
  const clients = new Map(clientNames.map((name) => [name, children.start('client.ts', name)]))
  const order = (message: ClientOrder): void => {
    for (const client of clients.values()) if (client.connected) client.send(message)
  }
  const fleet = new Fleet(
    children,
    (endpoints: readonly EndpointNews[]) => order({ kind: 'endpoints', endpoints }),
    (id) => posts.set(id, (posts.get(id) ?? 0) + 1),
  )
  let scene = 'warm-up'
  let ticker: NodeJS.Timeout | undefined
  try {
    for (const [name, client] of clients) {
      client.on('message', (news: ClientNews) => recordings.get(name)?.add(news, Date.now()))
      client.once('exit', (code) => code !== null && fail(new Error(`the client ${name} ended with ${code}`)))
    }
    await Promise.all(Array.from({ length: pods }, () => fleet.add()))
    fleet.publish('at once')
    const from = Date.now()
    ticker = setInterval(() => look({ scene, seconds: (Date.now() - from) / 1_000, fleet, recordings }), 250)
    await pass(warmUpSeconds)
    const played: { readonly scene: Scene; readonly marks: Marks; readonly from: number }[] = []
    for (const next of plan.scenes) {
      scene = next.name
      const started = Date.now()
      played.push({ scene: next, from: started, marks: await next.run({ fleet, pass }) })
      if (plan.pauseSeconds > 0) {
        scene = 'all well'
        await pass(plan.pauseSeconds)
      }
    }
    order({ kind: 'stop' })
    scene = 'end'
    // The last answers, and the last reports of the clients.
    await pass(endSeconds)
    const end = Date.now()
    return evaluate(played, recordings, posts, { from, to: end })
  } finally {
    clearInterval(ticker)
    fleet.stop()
    for (const client of clients.values()) client.removeAllListeners('exit')
    await children.killAll()
  }

  async function pass(seconds: number): Promise<void> {
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(done, seconds * 1_000)
      const stop = (): void => {
        clearTimeout(timer)
        reject(signal.reason)
      }
      signal.addEventListener('abort', stop, { once: true })
      function done(): void {
        signal.removeEventListener('abort', stop)
        resolve()
      }
    })
  }

  function fail(error: Error): void {
    process.emit('uncaughtException', error)
  }
}

function evaluate(
  played: readonly { readonly scene: Scene; readonly marks: Marks; readonly from: number }[],
  recordings: ReadonlyMap<ClientName, Recording>,
  posts: ReadonlyMap<string, number>,
  all: Stretch,
): Outcome {
  const ours = recordings.get('evenkeel') as Recording
  const checks: Check[] = []
  const scenes = played.map(({ scene, marks, from }, index): PlayedScene => {
    // A request that began in one scene belongs to it, whenever it ends.
    const stretch = { from, to: played[index + 1]?.from ?? all.to }
    checks.push(...scene.checks(ours, stretch, marks))
    return { name: scene.name, marks, figures: each((name) => (recordings.get(name) as Recording).figures(stretch)) }
  })
  const postedTwice = each((name) => [...posts].filter(([id, times]) => times > 1 && id.startsWith(`${name}/`)).length)
  checks.push(atMost('demo.posted-twice', 'no POST is processed twice', 0, postedTwice.evenkeel, 'requests'))
  return { checks, scenes, total: each((name) => (recordings.get(name) as Recording).figures(all)), postedTwice }
}

function each<T>(make: (name: ClientName) => T): Record<ClientName, T> {
  return { evenkeel: make('evenkeel'), BalancedPool: make('BalancedPool') }
}
