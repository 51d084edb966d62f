/**
 * The figures of the Kubernetes resolver among 10,000 endpoints in 100 slices: bytes to a usable set, a change of a pod, memory; and clients over
 * the network, of which client-node's informer is one.
 */
import { runChild, startChild } from '../child.ts'
import { type Findings, intervalBars } from '../findings.ts'
import { measureInRounds, type Rounds, roundsChecks, valuesOf } from '../rounds.ts'
import { type Estimate, estimate } from '../statistics.ts'
import type { ChangeCost } from './change.ts'
import { type Figures, resolverChecks } from './checks.ts'
import type { ClientCost, ClientName } from './client.ts'
import { heapNodeOptions, type MemoryCost } from './memory.ts'
import type { Served, ServerTask } from './server.ts'
import type { UsableCost } from './usable.ts'
import type { Task } from './worker.ts'

/** Everything that a round measures, each in a process of its own. */
const networks = {
  'ours, http': { client: 'ours', scheme: 'http', encoding: 'identity' },
  'ours, TLS': { client: 'ours', scheme: 'https', encoding: 'identity' },
  'ours, TLS and gzip': { client: 'ours', scheme: 'https', encoding: 'gzip' },
  'client-node informer, TLS': { client: 'client-node informer', scheme: 'https', encoding: 'identity' },
} as const satisfies Readonly<Record<string, ServerTask & { readonly client: ClientName }>>

const questions = ['usable', 'change', 'memory'] as const

type Subject = (typeof questions)[number] | keyof typeof networks
type Figure = UsableCost | readonly ChangeCost[] | MemoryCost | ClientCost

/** Measures in interleaved rounds of fresh processes. */
export async function measureResolver({ rounds }: { readonly rounds: number }, signal: AbortSignal): Promise<Findings> {
  const subjects = [...questions, ...(Object.keys(networks) as (keyof typeof networks)[])]
  const measure = (subject: Subject): Promise<Figure> =>
    isQuestion(subject) ? ask({ question: subject }, signal) : overNetwork(subject, signal)
  return judgeResolver(await measureInRounds({ subjects, rounds, measure, signal }))
}

/** Medians over processes. */
function judgeResolver(rounds: Rounds<Figure>): Findings {
  const figures = figuresOf(rounds)
  const clients = clientsOf(rounds)
  return {
    checks: [...roundsChecks('resolver', rounds), ...resolverChecks(figures)],
    figures: { rounds: Object.fromEntries(rounds), resolver: figures, clients },
    panels: panelsOf(clients),
    tables: tablesOf(figures, clients),
  }
}

function of<T extends Figure>(rounds: Rounds<Figure>, subject: Subject, read: (figure: T) => number): Estimate {
  return estimate(valuesOf(rounds, subject, (figure) => read(figure as T)))
}

function figuresOf(rounds: Rounds<Figure>): Figures {
  const usable = (read: (figure: UsableCost) => number): Estimate => of(rounds, 'usable', read)
  const change = (kind: ChangeCost['kind'], name: 'emittedMs' | 'pickedMs'): Estimate =>
    of<readonly ChangeCost[]>(
      rounds,
      'change',
      (costs) => costs.find((cost) => cost.kind === kind)?.[name] ?? Number.NaN,
    )
  return {
    cpuMs: usable(({ cpuMs }) => cpuMs),
    parseMs: usable(({ parseMs }) => parseMs),
    blockMs: usable(({ blockMs }) => blockMs),
    firstMs: usable(({ firstMs }) => firstMs),
    firstBlockMs: usable(({ firstBlockMs }) => firstBlockMs),
    readiness: { emittedMs: change('readiness', 'emittedMs'), pickedMs: change('readiness', 'pickedMs') },
    replacement: { emittedMs: change('replacement', 'emittedMs'), pickedMs: change('replacement', 'pickedMs') },
    endpointBytes: of<MemoryCost>(rounds, 'memory', ({ endpointBytes }) => endpointBytes),
  }
}

interface ClientFigures {
  readonly subject: string
  readonly wallMs: Estimate
  readonly cpuMs: Estimate
  readonly threadMs: Estimate
  readonly endpointBytes: Estimate
}

function clientsOf(rounds: Rounds<Figure>): readonly ClientFigures[] {
  return (Object.keys(networks) as (keyof typeof networks)[]).map((subject) => ({
    subject,
    wallMs: of<ClientCost>(rounds, subject, ({ wallMs }) => wallMs),
    cpuMs: of<ClientCost>(rounds, subject, ({ cpuMs }) => cpuMs),
    threadMs: of<ClientCost>(rounds, subject, ({ threadMs }) => threadMs),
    endpointBytes: of<ClientCost>(rounds, subject, ({ endpointBytes }) => endpointBytes),
  }))
}

function panelsOf(clients: readonly ClientFigures[]): Findings['panels'] {
  const panel = { bars: intervalBars, axis: 'from zero' } as const
  const cpu = clients.map(({ subject, cpuMs }) => ({ subject, ...cpuMs }))
  const heap = clients.map(({ subject, endpointBytes }) => ({ subject, ...endpointBytes }))
  return [
    { ...panel, title: 'All 10,000 endpoints known, fresh process: CPU, ms', rows: cpu },
    { ...panel, title: 'Heap kept of each endpoint, bytes', rows: heap },
  ]
}

function tablesOf(figures: Figures, clients: readonly ClientFigures[]): Findings['tables'] {
  const changes = (['readiness', 'replacement'] as const).flatMap((kind) => [
    row(`one pod's ${kind}, to the set, ms of CPU`, figures[kind].emittedMs),
    row(`one pod's ${kind}, to a pick, ms of CPU`, figures[kind].pickedMs),
  ])
  return [
    {
      title: 'From decoded bytes, without a network',
      rows: [
        row('all endpoints, ms of CPU', figures.cpuMs),
        row('beside it: decoding and JSON.parse of the same lines alone', figures.parseMs),
        row('longest block, ms', figures.blockMs),
        row('the first in its process, ms', figures.firstMs),
        row('its longest block, ms', figures.firstBlockMs),
        ...changes,
        row('heap kept of an endpoint, bytes', figures.endpointBytes),
      ],
    },
    {
      title: 'Over a connection to the fake API server, once in a fresh process, until all endpoints are known',
      rows: clients.map(({ subject, wallMs, cpuMs, threadMs, endpointBytes }) => ({
        client: subject,
        'wall ms': wallMs.median,
        'CPU ms': cpuMs.median,
        'of its main thread': threadMs.median,
        'heap bytes per endpoint': endpointBytes.median,
      })),
    },
  ]
}

function row(what: string, { median, low, high }: Estimate): Readonly<Record<string, string | number>> {
  return { what, median, '95 % interval': `${low.toPrecision(3)} to ${high.toPrecision(3)}` }
}

function isQuestion(subject: Subject): subject is (typeof questions)[number] {
  return (questions as readonly string[]).includes(subject)
}

/** A server of its own for each: no client meets what another one left. */
async function overNetwork(subject: keyof typeof networks, signal: AbortSignal): Promise<ClientCost> {
  const { client, scheme, encoding } = networks[subject]
  const server = startChild<Served>({
    module: new URL('server.ts', import.meta.url),
    task: { scheme, encoding } satisfies ServerTask,
    signal,
  })
  try {
    return await ask<ClientCost>({ question: 'client', client, served: await server.said }, signal)
  } finally {
    await server.stop()
  }
}

function ask<Said extends Figure>(task: Task, signal: AbortSignal): Promise<Said> {
  const needsHeap = task.question === 'memory' || task.question === 'client'
  return runChild<Said>({
    module: new URL('worker.ts', import.meta.url),
    task,
    nodeOptions: needsHeap ? heapNodeOptions : [],
    signal,
  })
}
