import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { eventually, rejection } from './support/eventually.ts'
import { factsOf } from './support/fact.ts'
import { apiIn, environmentOf, fileOf } from './support/inside.ts'
import { readyPod } from './support/pod-states.ts'
import { server } from './support/pods.ts'

const administration = 'https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/'
const fact = factsOf()
const files = '/var/run/secrets/kubernetes.io/serviceaccount'
const unauthorized = { code: 401, reason: 'Unauthorized' }

fact(
  'a pod has the token of its account, the certificate of the API server and its namespace as files',
  'https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api',
  async (place) => {
    const { cluster, objects, namespace } = place
    const address = await readyPod(place, 'one')
    expect(await fileOf(address, `${files}/namespace`)).toBe(namespace)
    expect(await fileOf(address, `${files}/ca.crt`)).toBe(
      readFileSync(join(cluster.folder, 'pki/apiserver.crt'), 'utf8'),
    )
    const { metadata } = await objects.get({ kind: 'pods', namespace, name: 'one' })
    expect(claimsOf(await tokenIn(address))).toMatchObject({
      sub: `system:serviceaccount:${namespace}:default`,
      'kubernetes.io': { namespace, pod: { name: 'one', uid: metadata?.uid }, serviceaccount: { name: 'default' } },
    })
  },
)

fact(
  'a pod reaches the API server at KUBERNETES_SERVICE_HOST and is its account there',
  'https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api',
  async (place) => {
    const { objects, namespace } = place
    await objects.apply(account('reader'), namespace)
    const address = await readyPod(place, 'one', { serviceAccountName: 'reader' })
    expect((await environmentOf(address)).KUBERNETES_SERVICE_HOST).toBe('198.19.0.1')
    const { status, body } = await apiIn(address, slicesPath(namespace))
    expect(status).toBe(403)
    expect(JSON.parse(body)).toMatchObject({
      reason: 'Forbidden',
      message: expect.stringContaining(`User "system:serviceaccount:${namespace}:reader" cannot list resource`),
    })
  },
)

fact(
  'a pod may do what a RoleBinding allows its account, in that namespace, while the binding is there',
  'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding',
  async (place) => {
    const { objects, namespace } = place
    const address = await readyPod(place, 'one')
    const answers = async (path: string) => (await apiIn(address, path)).status
    expect(await answers(slicesPath(namespace))).toBe(403)
    await objects.apply(grant('reader'), namespace)
    await eventually(async () => expect(await answers(slicesPath(namespace))).toBe(200))
    expect(await answers(slicesPath('default'))).toBe(403)
    expect(await answers(`/api/v1/namespaces/${namespace}/pods`)).toBe(403)
    await objects.remove({ kind: 'rolebindings', namespace, name: 'reader' })
    await eventually(async () => expect(await answers(slicesPath(namespace))).toBe(403))
  },
)

fact(
  'the token of a pod is worth nothing once the pod is gone',
  `${administration}#bound-service-account-tokens`,
  async (place) => {
    const { objects, namespace } = place
    await objects.apply(grant('reader'), namespace)
    const token = await tokenIn(await readyPod(place, 'one'))
    const pod = objects.as(token)
    await eventually(() => pod.list({ kind: 'endpointslices', namespace }))
    await objects.remove({ kind: 'pods', namespace, name: 'one' })
    await objects.until({ kind: 'pods', namespace }, ({ length }) => length === 0)
    // The API server believes for ten seconds what it has found out about a token.
    await eventually(async () =>
      expect(await rejection(pod.list({ kind: 'endpointslices', namespace }))).toMatchObject(unauthorized),
    )
  },
)

fact(
  'a token for another audience is refused',
  'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/#options',
  async ({ cluster, objects, namespace }) => {
    await objects.apply(grant('reader'), namespace)
    const tokenFor = async (...more: readonly string[]) =>
      (await cluster.kubectl(['create', 'token', 'default', '--namespace', namespace, ...more])).trim()
    const usual = objects.as(await tokenFor())
    await eventually(() => usual.list({ kind: 'endpointslices', namespace }))
    const other = await tokenFor('--audience=somebody-else')
    expect(claimsOf(other)).toMatchObject({ aud: ['somebody-else'], sub: `system:serviceaccount:${namespace}:default` })
    await expect(objects.as(other).list({ kind: 'endpointslices', namespace })).rejects.toMatchObject(unauthorized)
  },
)

fact(
  'a token of a deleted account is refused, also when there is an account of that name again',
  `${administration}#bound-service-account-tokens`,
  async ({ objects, namespace }) => {
    await objects.apply([account('reader'), ...grant('reader', 'reader')], namespace)
    const reader = objects.as(await objects.token('reader', namespace))
    await eventually(() => reader.list({ kind: 'endpointslices', namespace }))
    await objects.remove({ kind: 'serviceaccounts', namespace, name: 'reader' })
    const list = () => reader.list({ kind: 'endpointslices', namespace })
    await eventually(async () => expect(await rejection(list())).toMatchObject(unauthorized))
    await objects.apply(account('reader'), namespace)
    const again = objects.as(await objects.token('reader', namespace))
    await eventually(() => again.list({ kind: 'endpointslices', namespace }))
    await expect(list()).rejects.toMatchObject(unauthorized)
  },
)

fact(
  'a pod that wants no token has none of the files, whatever its account says',
  'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting',
  async (place) => {
    await place.objects.apply(account('quiet', { automountServiceAccountToken: false }), place.namespace)
    const [wanting, quiet, own] = await Promise.all([
      readyPod(place, 'wanting', { serviceAccountName: 'quiet', automountServiceAccountToken: true }),
      readyPod(place, 'quiet', { serviceAccountName: 'quiet' }),
      readyPod(place, 'own', { automountServiceAccountToken: false }),
    ])
    expect(await fileOf(wanting, `${files}/namespace`)).toBe(place.namespace)
    for (const address of [quiet, own])
      for (const file of ['token', 'ca.crt', 'namespace'])
        await expect(fileOf(address, `${files}/${file}`)).rejects.toThrow('ENOENT')
  },
)

fact(
  'a pod gets a token for an audience of its choice as a projected file',
  'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#serviceaccount-token-volume-projection',
  async (place) => {
    const serviceAccountToken = { path: 'token', audience: 'vault', expirationSeconds: 600 }
    const address = await readyPod(place, 'one', {
      containers: [server({ volumeMounts: [{ name: 'tokens', mountPath: '/var/run/secrets/tokens' }] })],
      volumes: [{ name: 'tokens', projected: { sources: [{ serviceAccountToken }] } }],
    })
    const { aud, exp, iat } = claimsOf(await fileOf(address, '/var/run/secrets/tokens/token'))
    expect(aud).toEqual(['vault'])
    expect(Number(exp) - Number(iat)).toBe(600)
  },
)

function account(name: string, more: object = {}): object {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name }, ...more }
}

/** A Role to list slices, and its binding to an account. */
function grant(name: string, to = 'default'): readonly object[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  const rules = [{ apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list'] }]
  return [
    { apiVersion, kind: 'Role', metadata: { name }, rules },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: to }],
    },
  ]
}

function slicesPath(namespace: string): string {
  return `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`
}

function tokenIn(address: string): Promise<string> {
  return fileOf(address, `${files}/token`)
}

/** What a token says of itself. */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}
