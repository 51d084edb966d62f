/**
 * How requests introduce themselves, for whoever reads the audit log of the API server.
 */

/** Name and version of this package. */
export const userAgent = 'evenkeel-k8s-watch-resolver/0.0.0'
