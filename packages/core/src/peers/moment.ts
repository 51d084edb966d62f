/**
 * The times of one event of a pick. Trackers get them as an object that is read during the call and used again for the next event: fractions that are passed as
 * arguments may cost an object each (V8 boxes them), and a pick must cost one object altogether.
 */

/** All in awake milliseconds. Not to be kept. */
export interface Moment {
  readonly now: number
  /** From the start of the attempt to its final head; only meaningful in `answered`. */
  readonly latencyMs: number
  /** From the pick to now; only meaningful in `failed` and `settled`. */
  readonly ageMs: number
}

/** The one that the pick book tells with. It writes the cells itself, since a setter's arguments would be boxed like any others. */
export class EventMoment implements Moment {
  /** Now, and the time since which latency and age are counted. */
  readonly cells: Float64Array = new Float64Array(2)

  get now(): number {
    return this.cells[0] as number
  }

  get latencyMs(): number {
    return (this.cells[0] as number) - (this.cells[1] as number)
  }

  get ageMs(): number {
    return (this.cells[0] as number) - (this.cells[1] as number)
  }
}
