/**
 * Waiting for something to hold, without looking at a clock: it is looked at whenever something has happened.
 */

/** Those who wait. */
export class Waiting {
  readonly #looks = new Set<() => void>()

  /** Resolves once `holds` does; at once if it does now. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve()
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return
        this.#looks.delete(look)
        resolve()
      }
      this.#looks.add(look)
    })
  }

  /** Something has happened. */
  look(): void {
    for (const look of [...this.#looks]) look()
  }
}
