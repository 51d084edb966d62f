/**
 * The time of one choice, and the times of one event of a pick. They are handed over as objects that are read during the call and used again for the next:
 * fractions that are passed as arguments may cost an object each (V8 boxes them), and a pick must cost one object altogether.
 */

/** When something is asked or told. Not to be kept. */
export interface Moment {
  /** Awake milliseconds. */
  readonly now: number
}

/** The times of one event of a pick, in awake milliseconds. Not to be kept. */
export interface PickMoment extends Moment {
  /** From the start of the attempt to its final head; only meaningful in `answered`. */
  readonly latencyMs: number
  /** From the pick to now; only meaningful in `failed` and `settled`. */
  readonly ageMs: number
}

/** A reading of a clock. Who reads writes the cell itself, since a setter's arguments would be boxed like any others. */
export class Reading implements Moment {
  readonly cells: Float64Array = new Float64Array(1)

  get now(): number {
    return this.cells[0] as number
  }
}

/** The one that the pick book tells with; it writes the cells. */
export class EventMoment implements PickMoment {
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
