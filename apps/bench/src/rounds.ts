/**
 * Interleaved rounds: in each, every subject is measured once, and the order is rotated, so that no subject always follows the same one.
 * What the machine does meanwhile meets all of them, and ratios taken inside a round are rid of it.
 *
 * A subject that breaks is written down with its message and the others go on: its check becomes red, the hours are not lost.
 */
import type { Check } from '@evenkeel/tooling/result'
import { leastRounds } from './statistics.ts'

/** One measurement of one subject. */
export type Trial<Figure> =
  | { readonly kind: 'measured'; readonly figure: Figure }
  | { readonly kind: 'broken'; readonly message: string }

/** Of each subject a trial per round, in the order of the rounds. */
export type Rounds<Figure> = ReadonlyMap<string, readonly Trial<Figure>[]>

/** What is measured in rounds. */
export interface RoundsOptions<Subject extends string, Figure> {
  readonly subjects: readonly Subject[]
  readonly rounds: number
  /** Measures once, in a fresh process. A rejection breaks this trial only. */
  readonly measure: (subject: Subject) => Promise<Figure>
  /** Aborting ends all; the rejection is passed on. */
  readonly signal: AbortSignal
}

/** Measures every subject in every round, one after another. Says on standard error how far it is. */
export async function measureInRounds<Subject extends string, Figure>(
  options: RoundsOptions<Subject, Figure>,
): Promise<Rounds<Figure>> {
  const { subjects, rounds, measure, signal } = options
  const found = new Map<string, Trial<Figure>[]>(subjects.map((subject) => [subject, []]))
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < subjects.length; place++) {
      const subject = subjects[(round + place) % subjects.length] as Subject
      found.get(subject)?.push(await trial(() => measure(subject), signal))
    }
    process.stderr.write(`round ${round + 1} of ${rounds}\n`)
  }
  return found
}

/** One value of each round in which the subject was measured. */
export function valuesOf<Figure>(
  rounds: Rounds<Figure>,
  subject: string,
  read: (figure: Figure) => number,
): readonly number[] {
  return (rounds.get(subject) ?? []).flatMap((one) => (one.kind === 'measured' ? [read(one.figure)] : []))
}

/** The value of a subject over that of the baseline, of each round in which both were measured. */
export function ratiosOf<Figure>(
  rounds: Rounds<Figure>,
  pair: Pair,
  read: (figure: Figure) => number,
): readonly number[] {
  return pairsOf(rounds, pair, read).map(([value, other]) => value / other)
}

/** The value of a subject less that of the baseline, of each round in which both were measured. */
export function differencesOf<Figure>(
  rounds: Rounds<Figure>,
  pair: Pair,
  read: (figure: Figure) => number,
): readonly number[] {
  return pairsOf(rounds, pair, read).map(([value, other]) => value - other)
}

/** Who is compared with whom. */
export interface Pair {
  readonly subject: string
  readonly baseline: string
}

function pairsOf<Figure>(
  rounds: Rounds<Figure>,
  pair: Pair,
  read: (figure: Figure) => number,
): readonly (readonly [value: number, other: number])[] {
  const baseline = rounds.get(pair.baseline) ?? []
  return (rounds.get(pair.subject) ?? []).flatMap((one, round) => {
    const other = baseline[round]
    return one.kind === 'measured' && other?.kind === 'measured'
      ? [[read(one.figure), read(other.figure)] as const]
      : []
  })
}

/** The two checks that every bench in rounds begins with: nothing broke, and there were rounds enough. */
export function roundsChecks(bench: string, rounds: Rounds<unknown>): readonly Check[] {
  const broken = [...rounds].flatMap(([subject, trials]) =>
    trials.flatMap((one) => (one.kind === 'broken' ? [`${subject}: ${one.message}`] : [])),
  )
  const [first] = broken
  const count = Math.min(...[...rounds.values()].map((trials) => trials.length))
  return [
    {
      id: `${bench}.broken`,
      claim: `every subject is measured in every round${first === undefined ? '' : ` (not so: ${first})`}`,
      expected: 0,
      got: broken.length,
      unit: 'measurements broken',
      ok: broken.length === 0,
    },
    {
      id: `${bench}.rounds`,
      claim: 'the intervals rest on rounds enough; a shorter run shows that the bench works, and no figures',
      expected: `>= ${leastRounds}`,
      got: count,
      unit: 'rounds',
      ok: count >= leastRounds,
    },
  ]
}

async function trial<Figure>(measure: () => Promise<Figure>, signal: AbortSignal): Promise<Trial<Figure>> {
  try {
    return { kind: 'measured', figure: await measure() }
  } catch (error) {
    if (signal.aborted) throw error
    const { message } = error as Error
    process.stderr.write(`broken: ${message}\n`)
    return { kind: 'broken', message }
  }
}
