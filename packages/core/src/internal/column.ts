/**
 * Numbers kept by peer row (or pick slot). A column grows when a row is first put, so reads on the pick path never check or allocate.
 */

// Most services have fewer peers than this; a column doubles beyond it.
const firstLength = 64

/** Floating-point numbers by row. */
export class Column {
  values: Float64Array = new Float64Array(firstLength)

  /** Grows the column if the row is new: the pick path then writes `values` itself, since an argument that is a fraction may cost an object. */
  reach(row: number): void {
    if (row >= this.values.length) this.values = grownFloats(this.values, row)
  }

  /** Sets a value, growing the column if the row is new. */
  put(row: number, value: number): void {
    this.reach(row)
    this.values[row] = value
  }

  /** The value of a row that has been put before. */
  at(row: number): number {
    return this.values[row] as number
  }
}

/** Small whole numbers by row. */
export class IntegerColumn {
  values: Int32Array = new Int32Array(firstLength)

  /** Sets a value, growing the column if the row is new. */
  put(row: number, value: number): void {
    if (row >= this.values.length) this.values = grownIntegers(this.values, row)
    this.values[row] = value
  }

  /** The value of a row; 0 for one that was never put. */
  at(row: number): number {
    return row < this.values.length ? (this.values[row] as number) : 0
  }
}

function grownFloats(old: Float64Array, row: number): Float64Array {
  const grown = new Float64Array(lengthFor(old.length, row))
  grown.set(old)
  return grown
}

function grownIntegers(old: Int32Array, row: number): Int32Array {
  const grown = new Int32Array(lengthFor(old.length, row))
  grown.set(old)
  return grown
}

function lengthFor(length: number, row: number): number {
  let next = length
  while (next <= row) next *= 2
  return next
}
