import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { clusterVariables } from './environment.ts'

test('host and port are kubelet’s, and KUBECONFIG is a list', () => {
  const variables = {
    KUBERNETES_SERVICE_HOST: '10.96.0.1',
    KUBERNETES_SERVICE_PORT: '443',
    KUBECONFIG: ['/one', '', '/two'].join(delimiter),
  }
  expect(clusterVariables(variables)).toEqual({ host: '10.96.0.1', port: '443', kubeconfigs: ['/one', '/two'] })
})

test('what is empty or missing is not there, and kubectl’s own place is looked at', () => {
  const kubeconfigs = [join(homedir(), '.kube', 'config')]
  expect(clusterVariables({})).toEqual({ host: undefined, port: undefined, kubeconfigs })
  const empty = { KUBERNETES_SERVICE_HOST: '', KUBERNETES_SERVICE_PORT: '', KUBECONFIG: '' }
  expect(clusterVariables(empty)).toEqual({ host: undefined, port: undefined, kubeconfigs })
})
