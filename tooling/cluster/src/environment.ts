/**
 * What the harness reads from the environment.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where binaries are kept between checkouts: `$XDG_CACHE_HOME`, else `~/.cache` (XDG Base Directory Specification). */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME: named } = process.env
  return join(named === undefined || named === '' ? join(homedir(), '.cache') : named, 'evenkeel', 'cluster')
}

/** The environment of a child: this one and more. */
export function environmentWith(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...more }
}

/** The user's shell. */
export function shell(): string {
  const { SHELL: named } = process.env
  return named === undefined || named === '' ? '/bin/sh' : named
}
