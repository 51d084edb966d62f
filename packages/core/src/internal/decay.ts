/**
 * Exponential decay from a table: the same bits on every Node version (`Math.exp` is not specified bit for bit) and a fraction of its time.
 */

// Steps per unit. Linear interpolation between steps of 1/128 is off by at most (1/128)²/8, under 8 parts in a million of the value.
const stepsPerUnit = 128
// e^-16 is 1e-7: whatever is older has no weight left that a choice could feel.
const unitsKept = 16
// e^(-1/128), so that the table is made by multiplication alone, which IEEE 754 defines exactly.
const stepFactor = 0.9922179382602435

const table = makeTable()
// Nothing stays in it from one call to the next.
const scratch = new Float64Array(1)

/** e^-x for x >= 0, to five digits; 0 beyond 16. Negative x counts as 0. */
export function decay(x: number): number {
  scratch[0] = x
  decayCell(scratch, 0)
  return scratch[0] as number
}

/** Puts e^-x in the place of the x in a cell: for the pick path, where a fraction that is passed or returned may cost an object. */
export function decayCell(cells: Float64Array, cell: number): void {
  const x = cells[cell] as number
  if (!(x > 0)) cells[cell] = 1
  else if (x >= unitsKept) cells[cell] = 0
  else {
    const position = x * stepsPerUnit
    const index = position | 0
    const low = table[index] as number
    cells[cell] = low + ((table[index + 1] as number) - low) * (position - index)
  }
}

function makeTable(): Float64Array {
  const made = new Float64Array(stepsPerUnit * unitsKept + 1)
  made[0] = 1
  for (let index = 1; index < made.length; index++) made[index] = (made[index - 1] as number) * stepFactor
  return made
}
