import { preset } from '@evenkeel/tooling/tsup'

/**
 * `undici-before` is a module of its own in the output: it must have run before undici is evaluated, and a bundle would
 * hoist the import of undici above its body.
 */
export default preset({ entry: ['src/index.ts', 'src/undici-before.ts'], separate: ['undici-before'] })
