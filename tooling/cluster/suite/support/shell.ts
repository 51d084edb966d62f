/**
 * Containers that run a line of shell.
 */

/** Such a container. More fields replace these. */
export function shell(script: string, more: object = {}): object {
  return { name: 'main', image: 'none', command: ['sh', '-c', script], ...more }
}
