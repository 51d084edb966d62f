/**
 * An API server that is written down: for tests, for `kubectl proxy`, and for whoever obtains tokens elsewhere.
 */
import { invalidOption } from '@evenkeel/core'
import { ApiFailure } from '../api-server.ts'
import { bearer, type Credentials, type Shown, type Trust } from '../credentials.ts'

/** Where it is and what to show there. */
export interface GivenAccess {
  /** `https://host:port`, or `http://` for what is not encrypted; a path is kept as a prefix. */
  readonly url: string
  /** A text that stays, or a function that is asked before every request and so should keep what it has. @defaultValue none is sent */
  readonly token?: string | (() => string | Promise<string>) | undefined
  /** PEM of the authority that signed the server's certificate. @defaultValue those that Node trusts */
  readonly certificateAuthority?: string | undefined
  /** The namespace that unqualified names belong to. @defaultValue not known */
  readonly namespace?: string | undefined
}

/** @throws EvenkeelError `EVENKEEL_INVALID_OPTION` for what is no such URL */
export function given(access: GivenAccess): Credentials {
  return new Given(access)
}

class Given implements Credentials {
  readonly url: string
  readonly namespace: string | undefined
  readonly #token: GivenAccess['token']
  readonly #trust: Trust

  constructor({ url, token, certificateAuthority, namespace }: GivenAccess) {
    this.url = checkedUrl(url)
    this.namespace = namespace
    this.#token = token
    this.#trust = certificateAuthority === undefined ? {} : { ca: certificateAuthority }
  }

  async show(): Promise<Shown> {
    const token = typeof this.#token === 'function' ? await obtain(this.#token) : this.#token
    return { headers: token === undefined ? {} : bearer(token), trust: this.#trust }
  }

  /** A function is asked each time, and a text stays. */
  renew(): void {}
}

async function obtain(token: () => string | Promise<string>): Promise<string> {
  try {
    return (await token()).trim()
  } catch (cause) {
    throw new ApiFailure('credentials', 'the function that gives the token failed', cause)
  }
}

/** A URL of an API server, without a slash at its end. @throws EvenkeelError `EVENKEEL_INVALID_OPTION` for what is none */
export function checkedUrl(text: string): string {
  const expected = 'http://host:port or https://host:port, without user or query'
  const url = URL.canParse(text) ? new URL(text) : undefined
  // What does not parse may be a token in the wrong place, so it is not shown.
  if (url === undefined) throw invalidOption('access.url', 'no URL', expected)
  const { protocol, username, password, search, hash } = url
  if (!/^https?:$/.test(protocol) || `${username}${password}${search}${hash}` !== '')
    throw invalidOption('access.url', `${protocol}//${url.host}`, expected)
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}
