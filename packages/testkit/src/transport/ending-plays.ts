/**
 * Laws 2, 10 and 11 over real sockets: every way in which a call can end, the caller's own stall, and the end of everything.
 */
import { systemClock } from '@evenkeel/core'
import { Breach, holds } from '../law.ts'
import type { LawBehaviour, TransportSubject } from '../transport-laws.ts'
import { headMs, play, TransportField } from './transport-field.ts'

/** One way to end. */
export interface Path {
  readonly name: string
  readonly behaviour: LawBehaviour
  readonly scene: (field: TransportField) => Promise<void>
}

/** The ways to end, apart from upgrades. */
export const paths: readonly Path[] = [
  {
    name: 'a success',
    behaviour: 'answer',
    scene: async (field) => {
      const { status } = await field.call({})
      holds(2, status === 200, () => `the status is ${status}`)
    },
  },
  {
    name: 'a lost connection',
    behaviour: 'drop',
    scene: async (field) => void (await field.failure(field.call({ method: 'POST', body: 'x' }), 2)),
  },
  {
    name: 'a body that is cut',
    behaviour: 'cut',
    scene: async (field) => void (await field.failure(field.call({}), 2)),
  },
  {
    name: 'a time-out',
    behaviour: 'hang',
    scene: async (field) => void (await field.failure(field.call({ method: 'POST', body: 'x' }), 2)),
  },
  {
    name: 'an abort before the call',
    behaviour: 'answer',
    scene: async (field) => {
      const path = field.path()
      await field.failure(field.call({ path, signal: AbortSignal.abort() }), 2)
      holds(2, field.seen(path) === 0, () => 'a call that was aborted before it began is sent')
    },
  },
  { name: 'an abort before the head', behaviour: 'hang', scene: abortOnceSeen },
  { name: 'an abort after the head', behaviour: 'pause', scene: abortOnceSeen },
  {
    name: 'an abort while nobody is there',
    behaviour: 'answer',
    scene: async (field) => {
      field.list()
      const controller = new AbortController()
      const call = field.failure(field.call({ signal: controller.signal }), 2)
      await field.eventually(
        () => field.upstream.inspect().waiting > 0,
        () => new Breach(2, 'the call does not wait for an endpoint'),
      )
      controller.abort()
      await call
      const { waiting } = field.upstream.inspect()
      holds(12, waiting === 0, () => `${waiting} calls wait after their caller has gone`)
    },
  },
]

// Well above the time-out and the tick of the awake time.
const stallMs = headMs * 2
const callsBeforeClose = 8

/** Law 2. @throws Breach */
export function checkIdleAfter(subject: TransportSubject, path: Path): Promise<void> {
  return play(subject, [path.behaviour, path.behaviour], async (field) => {
    await path.scene(field)
    await field.idle()
  })
}

/** @throws Breach */
export function checkUpgrade(subject: TransportSubject): Promise<void> {
  return play(subject, ['answer'], async (field) => {
    const socket = await field.transport.upgrade?.(field.path())
    if (socket === undefined) throw new Breach(2, 'the transport does not upgrade')
    socket.on('error', () => {})
    const inFlight = field.inFlight()
    socket.destroy()
    holds(2, inFlight === 1, () => `${inFlight} in flight while an upgraded socket is open`)
    await field.idle()
  })
}

/** Law 10: the answer lies in the kernel's buffer while the process cannot look, longer than the time-out. @throws Breach */
export function checkStall(subject: TransportSubject): Promise<void> {
  return play(subject, ['answer', 'answer'], async (field) => {
    // Connections are open then, and the next call is written at once.
    for (let calls = 0; calls < 4; calls++) await field.call({})
    for (const server of field.servers) {
      server.onRequest = () => {
        server.onRequest = undefined
        stall()
      }
    }
    const { status } = await field.call({})
    holds(10, status === 200, () => `a call during a stall of the process is answered ${status}`)
    for (const { locator, why } of field.upstream.inspect().peers)
      holds(10, why.length === 0, () => `${why.join(', ')} holds a stall of the process against ${locator}`)
    holds(10, field.witness.failures === 0, () => `${field.witness.failures} attempts failed by a stall of the process`)
  })
}

/** Law 11. @throws Breach */
export async function checkClose(subject: TransportSubject): Promise<void> {
  const before = resources()
  const field = await TransportField.open(subject, 'answer', 'answer')
  try {
    await Promise.all(Array.from({ length: callsBeforeClose }, () => field.call({})))
    await field.transport.close()
    await field.services[Symbol.asyncDispose]()
    for (const server of field.servers) {
      await field.eventually(
        () => server.connections === 0,
        () => new Breach(11, `${server.connections} connections are open after close`),
      )
    }
    holds(11, field.clock.pending === 0, () => `${field.clock.pending} timers are left after close`)
  } finally {
    await field.close()
  }
  await field.eventually(
    () => more(before, resources()).length === 0,
    () => new Breach(11, `left after close: ${more(before, resources()).join(', ')}`),
  )
}

async function abortOnceSeen(field: TransportField): Promise<void> {
  const controller = new AbortController()
  const seen = Promise.race(field.servers.map((server) => server.next()))
  const call = field.failure(field.call({ signal: controller.signal }), 2)
  await seen
  controller.abort()
  await call
}

/** Blocks the event loop. */
function stall(): void {
  const end = systemClock.now() + stallMs
  while (systemClock.now() < end);
}

/** What keeps the process alive, by kind. */
function resources(): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  // The poll that looks at this very list.
  kinds.delete('Immediate')
  return kinds
}

function more(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): readonly string[] {
  return [...after]
    .filter(([kind, count]) => count > (before.get(kind) ?? 0))
    .map(([kind, count]) => `${kind} ${before.get(kind) ?? 0} → ${count}`)
}
