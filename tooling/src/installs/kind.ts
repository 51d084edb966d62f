/** What a kind of project is: the files that a user of it would have, what they install, and the commands that build and run it. */

/** A kind of project that the packages are installed into; one file each in `kinds/`. */
export interface Kind {
  /** Names the folder, the check and `--kind`: `typescript-5.4-node16`. */
  readonly name: string
  /** The project in words, for the table: `TypeScript 5.4, moduleResolution node16`. */
  readonly project: string
  /** What is done there, for the table: `tsc, then node`. */
  readonly does: string
  /** Whether every commit is tried with it, or only every night. */
  readonly when: 'commit' | 'night'
  /** Version of Node, as npm's package `node` knows it. @defaultValue the Node that runs this */
  readonly node?: string
  /** From the registry, beside our packages and undici: ranges as a user would write them. */
  readonly dependencies: Readonly<Record<string, string>>
  /** Fields of package.json. @defaultValue none */
  readonly manifest?: Readonly<Record<string, unknown>>
  /** Texts by path within the project. */
  files(program: Program): Readonly<Record<string, string>>
  /** What the last command prints. @defaultValue what the program says */
  readonly says?: string
  /** In this order; each ends by itself with exit code 0. Programs of dependencies go by name. */
  readonly commands: readonly (readonly string[])[]
}

/** The program that is tried in every kind of project. */
export interface Program {
  /** An ES module in TypeScript that exports `visit(): Promise<string>`. */
  readonly text: string
  /** What `visit` resolves to if all is well. */
  readonly says: string
}
