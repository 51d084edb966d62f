import { expect } from 'vitest'
import { factsOf } from './support/fact.ts'
import { readyPod } from './support/pod-states.ts'
import { server, service } from './support/pods.ts'
import { lettersOf, slicesOf } from './support/slices.ts'

const fact = factsOf()
fact(
  'a deleted pod is ready, then serving and terminating, then gone',
  'https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1672-tracking-terminating-endpoints',
  async (place) => {
    const { objects, namespace } = place
    await readyPod(place, 'one', { containers: [server({ env: [{ name: 'TERM_MS', value: '1500' }] })] })
    await objects.apply(service('users'), namespace)
    using recording = await objects.record(slicesOf(namespace, 'users'))
    await recording.until((states) => lettersOf(states).includes('RS'))
    await objects.remove({ kind: 'pods', namespace, name: 'one' })
    await recording.until((states) => lettersOf(states).includes('ST') && lettersOf(states).at(-1) === '')
    const told = lettersOf(recording.states)
    expect(told.slice(told.indexOf('RS'))).toEqual(['RS', 'ST', ''])
  },
)
