/**
 * Credentials out of a kubeconfig, by the library that knows all its ways (exec, OIDC, client certificates, proxies): `@kubernetes/client-node`. It is
 * loaded here and only here, and nothing but its `KubeConfig` is used: its watch gives up at the first error, and it opens connections per request.
 */
import { access } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import type { KubeConfig, RequestContext } from '@kubernetes/client-node'
import type { Dispatcher } from 'undici'
import { ApiFailure } from '../api-server.ts'
import type { Credentials, Shown, Trust } from '../credentials.ts'

/** Which kubeconfig, and what of it. */
export interface KubeconfigAccess {
  /** Its path. @defaultValue the files of KUBECONFIG, else ~/.kube/config */
  readonly kubeconfig?: string | undefined
  /** @defaultValue its current context */
  readonly context?: string | undefined
}

/**
 * Loads the library; a test passes one that cannot be found. What it is stays out of the type: declarations of this package are compiled also where the
 * library is not installed.
 */
export type LoadLibrary = () => Promise<unknown>

type Library = Pick<typeof import('@kubernetes/client-node'), 'KubeConfig'>

const fromNodeModules: LoadLibrary = () => import('@kubernetes/client-node')

/**
 * @param paths where kubectl would look
 * @throws ApiFailure `credentials` when the package, the file or the context is missing
 */
export async function fromKubeconfig(
  { kubeconfig, context }: KubeconfigAccess,
  paths: readonly string[],
  load: LoadLibrary = fromNodeModules,
): Promise<Credentials> {
  const library = (await load().catch((cause: unknown) => {
    throw new ApiFailure(
      'credentials',
      'a kubeconfig is read by @kubernetes/client-node, which cannot be loaded. Next: npm install @kubernetes/client-node',
      cause,
    )
  })) as Library
  const files = kubeconfig === undefined ? await thoseThere(paths) : [kubeconfig]
  if (files.length === 0)
    throw new ApiFailure('credentials', `there is no kubeconfig (expected: ${paths.join(' or ')})`)
  return new FromKubeconfig(() => loadAll(library.KubeConfig, files, context))
}

/** Those of the files that exist: kubectl passes over the others. */
export async function thoseThere(paths: readonly string[]): Promise<string[]> {
  const there = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  )
  return paths.filter((_, index) => there[index])
}

class FromKubeconfig implements Credentials {
  readonly url: string
  readonly namespace: string
  readonly #reload: () => KubeConfig
  #config: KubeConfig
  #isStale = false
  #trust: Trust = {}

  constructor(load: () => KubeConfig) {
    this.#reload = load
    this.#config = load()
    const server = this.#config.getCurrentCluster()?.server
    if (server === undefined) throw new ApiFailure('credentials', 'the context of the kubeconfig names no cluster')
    this.url = server.replace(/\/+$/, '')
    // What kubectl takes when a context names none.
    this.namespace = this.#config.getContextObject(this.#config.currentContext)?.namespace ?? 'default'
  }

  async show(): Promise<Shown> {
    // The library keeps what a plugin has given until it expires; a configuration that is loaded again asks anew.
    if (this.#isStale) this.#config = this.#reload()
    this.#isStale = false
    const config = this.#config
    const options: RequestOptions = { headers: {} }
    try {
      await config.applyToHTTPSOptions(options)
    } catch (cause) {
      throw new ApiFailure('credentials', 'the credentials of the kubeconfig cannot be had', withoutOutput(cause))
    }
    const { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized } = options
    const trust = { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized } as Trust
    if (!isSame(this.#trust, trust)) this.#trust = trust
    const proxied = (config.getCurrentCluster()?.proxyUrl ?? '') !== ''
    return {
      headers: headersOf(options),
      trust: this.#trust,
      ...(proxied ? { dispatcher: () => dispatcherOf(config) } : {}),
    }
  }

  renew(): void {
    this.#isStale = true
  }
}

function loadAll(Config: typeof KubeConfig, files: readonly string[], context: string | undefined): KubeConfig {
  const config = new Config()
  for (const [index, file] of files.entries()) {
    try {
      if (index === 0) config.loadFromFile(file)
      else {
        const next = new Config()
        next.loadFromFile(file)
        // The first file that names a current context decides.
        config.mergeConfig(next, config.currentContext !== undefined)
      }
    } catch (cause) {
      throw new ApiFailure('credentials', `cannot read the kubeconfig ${file}`, withoutOutput(cause))
    }
  }
  if (context !== undefined) {
    const names = config.getContexts().map(({ name }) => name)
    if (!names.includes(context))
      throw new ApiFailure('credentials', `the kubeconfig has no context ${context} (expected: ${names.join(' or ')})`)
    config.setCurrentContext(context)
  }
  return config
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers ?? {})) shown[name.toLowerCase()] = String(value)
  if (typeof auth === 'string') shown.authorization = `Basic ${Buffer.from(auth).toString('base64')}`
  return shown
}

/** The library makes one for each request; of the request it is given, only these two are called. */
async function dispatcherOf(config: KubeConfig): Promise<Dispatcher> {
  let dispatcher: unknown
  const context = {
    setHeaderParam: () => {},
    setDispatcher: (one: unknown) => {
      dispatcher = one
    },
  }
  await config.applySecurityAuthentication(context as unknown as RequestContext)
  return dispatcher as Dispatcher
}

/** A parser quotes what it could not read, and that is a token as like as not; what a plugin says of itself helps. */
function withoutOutput(cause: unknown): unknown {
  if (cause instanceof Error && Object.getPrototypeOf(cause) === Error.prototype && cause.name === 'Error') return cause
  return new Error('it could not be parsed; what could not is withheld, for it may hold a token')
}

function isSame(one: Trust, other: Trust): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof Trust>
  return [...names].every((name) => String(one[name]) === String(other[name]))
}
