/**
 * What an API server says when it refuses: a Kubernetes Status, as Kubernetes 1.37 words it.
 */

/** Why, for programs. */
export interface StatusCause {
  readonly reason: string
  readonly message: string
  readonly field?: string | undefined
}

/** The body of a refusal. */
export interface ApiStatus {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: { readonly continue?: string }
  readonly status: 'Failure'
  readonly message: string
  readonly reason?: string | undefined
  readonly details?: object | undefined
  readonly code: number
}

/** Thrown by what answers, and sent as it is. */
export class Refused extends Error {
  readonly status: ApiStatus
  readonly headers: Readonly<Record<string, string>>

  constructor(status: ApiStatus, headers: Readonly<Record<string, string>> = {}) {
    super(status.message)
    this.status = status
    this.headers = headers
  }
}

/** A Status. */
function apiStatus(code: number, reason: string | undefined, message: string, details?: object): ApiStatus {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code }
}

// The reasons that Kubernetes gives for a status (apimachinery, `StatusReason`).
const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
}

/** A Status for a code alone. */
export function plainStatus(code: number): ApiStatus {
  return apiStatus(code, reasons[code], `a scripted answer of status ${code}`)
}

/** 400 */
export function badRequest(message: string): Refused {
  return new Refused(apiStatus(400, 'BadRequest', message))
}

/** 500 for a watch of what is no version: the real server says it so. */
export function invalidWatchedVersion(text: string): Refused {
  return new Refused(apiStatus(500, undefined, invalidVersion(text)))
}

/** Why a text is no version. */
export function invalidVersion(text: string): string {
  return `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`
}

/** 401 */
export function unauthorized(): Refused {
  return new Refused(apiStatus(401, 'Unauthorized', 'Unauthorized'))
}

/** 403 */
export function forbidden(message: string, details: object): Refused {
  return new Refused(apiStatus(403, 'Forbidden', message, details), { 'x-content-type-options': 'nosniff' })
}

/** 404 for a kind of object that the server does not have. */
export function unknownResource(): Refused {
  return new Refused(apiStatus(404, 'NotFound', 'the server could not find the requested resource', {}))
}

/** 404 for an object. */
export function notFound(resource: string, group: string, name: string): Refused {
  const details = group === '' ? { name, kind: resource } : { name, group, kind: resource }
  return new Refused(apiStatus(404, 'NotFound', `${qualified(resource, group)} "${name}" not found`, details))
}

/** 405 */
export function methodNotAllowed(): Refused {
  const message = 'the server does not allow this method on the requested resource'
  return new Refused(apiStatus(405, 'MethodNotAllowed', message, {}))
}

/** 410 for an old version that a list asks for. */
export function expiredVersion(): Refused {
  return new Refused(apiStatus(410, 'Expired', 'The resourceVersion for the provided list is too old.'))
}

/** 410 for a page. @param proceed a token for the rest of the list as it is now */
export function expiredContinue(proceed: string): Refused {
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'
  return new Refused({ ...apiStatus(410, 'Expired', message), metadata: { continue: proceed } })
}

/** 410 for a watch. */
export function expiredWatch(version: number, oldest: number): Refused {
  return new Refused(apiStatus(410, 'Expired', `too old resource version: ${version} (${oldest})`))
}

/** 422 for options of a list or watch; each cause is a field and why it is forbidden. */
export function invalidOptions(causes: readonly StatusCause[]): Refused {
  const texts = causes.map(({ field, message }) => `${field}: ${message}`)
  const all = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  const message = `ListOptions.meta.k8s.io "" is invalid: ${all}`
  return new Refused(apiStatus(422, 'Invalid', message, { group: 'meta.k8s.io', kind: 'ListOptions', causes }))
}

/** 504 for a version that has not come yet. */
export function tooLargeVersion(version: number, current: number): Refused {
  const message = `Timeout: Too large resource version: ${version}, current: ${current}`
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }]
  return new Refused(apiStatus(504, 'Timeout', message, { causes, retryAfterSeconds: 1 }), { 'retry-after': '1' })
}

/** `endpointslices.discovery.k8s.io`, `services` */
export function qualified(resource: string, group: string): string {
  return group === '' ? resource : `${resource}.${group}`
}
