/**
 * The rules of the Kubernetes resolver that matter most, each with the mistake that others have made.
 */
import type { Mutation } from './mutation.ts'

const source = 'packages/k8s-watch-resolver/src'
const slices = [`${source}/slices/service-slices.test.ts`]
const conditions = [`${source}/slices/conditions.test.ts`]
const backoff = [`${source}/reflecting/backoff.test.ts`]
const reflector = [`${source}/reflecting/reflector.test.ts`]
const conformance = [`${source}/conformance.test.ts`]

/** In the order of their ids. `docs/mutations.md` shows them. */
export const mutations: readonly Mutation[] = [
  {
    rule: 'M-01',
    claim: 'state is kept by slice: a slice says nothing about the endpoints of another one',
    broken: 'a slice that is written is taken for the whole Service',
    file: `${source}/slices/service-slices.ts`,
    from: '    const content = this.#read(slice)\n    this.#put(content.key, content)\n  }\n\n  #read',
    to: '    const content = this.#read(slice)\n    for (const other of [...this.#contents.keys()]) if (other !== content.key) this.#put(other, undefined)\n    this.#put(content.key, content)\n  }\n\n  #read',
    tests: slices,
  },
  {
    rule: 'M-03',
    claim: 'what goes with a slice is only what no other slice lists',
    broken: 'an endpoint that leaves one slice is gone',
    file: `${source}/slices/port-set.ts`,
    from: '    if (place === slice) this.#places.delete(endpoint)\n    if (!isList(place)) return\n',
    to: '    this.#places.delete(endpoint)\n    if (!isList(place) || place.length > 0) return\n',
    tests: slices,
  },
  {
    rule: 'M-05',
    claim: 'an endpoint that vanishes without having terminated is held for a moment',
    broken: 'nothing is held',
    file: `${source}/slices/hold.ts`,
    from: '    if (this.#holdMs <= 0) return false\n',
    to: '    if (this.#holdMs <= 600_000) return false\n',
    tests: slices,
  },
  {
    rule: 'M-06',
    claim: 'of two copies of a pod the newer slice is the truth',
    broken: 'the older slice wins',
    file: `${source}/slices/port-set/placed.ts`,
    from: 'this.key > other.key : version > other.content.version',
    to: 'this.key > other.key : version < other.content.version',
    tests: slices,
  },
  {
    rule: 'M-08',
    claim: 'a condition that is not written means ready',
    broken: 'nil ready means not ready',
    file: `${source}/slices/conditions.ts`,
    from: 'conditions?.ready ?? true',
    to: 'conditions?.ready ?? false',
    tests: conditions,
  },
  {
    rule: 'M-16',
    claim: 'a slice without the port yields nobody',
    broken: "a slice without the port is used with its first one (kuberesolver's fallback)",
    file: `${source}/slices/port-set.ts`,
    from: 'content?.ports.get(this.#name)',
    to: '(content?.ports.get(this.#name) ?? content?.rowPort)',
    tests: slices,
  },
  {
    rule: 'M-27',
    claim: 'the end of a slice ends only the slice of that UID',
    broken: 'a deletion ends whatever has the name',
    file: `${source}/slices/service-slices.ts`,
    from: 'if (known === undefined || (uid !== undefined && known.uid !== undefined && uid !== known.uid)) return',
    to: 'if (known === undefined || uid === null) return',
    tests: slices,
  },
  {
    rule: 'W-01',
    claim: 'initial events become one set, when all of them have come',
    broken: 'each piece of them is told as if it were everything',
    file: `${source}/reflecting/reflector.ts`,
    from: 'this.#options.observer.arrived(object))\n    }\n    return undefined\n',
    to: 'this.#options.observer.arrived(object))\n    }\n    this.#options.observer.replaced([...pending.values()])\n    return undefined\n',
    tests: conformance,
  },
  {
    rule: 'W-04',
    claim: 'initial events that end too early are told to nobody',
    broken: 'what came of them is taken for everything',
    file: `${source}/reflecting/reflector.ts`,
    from: "    if (pending !== undefined) throw new Error('the watch ended before all objects had come')\n",
    to: "    if (pending !== undefined) this.#observed([...pending.values()], '1')\n",
    tests: conformance,
  },
  {
    rule: 'W-09',
    claim: 'after 410 everything is looked at again',
    broken: 'after 410 the watch resumes from the version that is lost',
    file: `${source}/reflecting/reaction.ts`,
    from: "    case 'expired':\n      // Again and again it is one.\n      return { from: 'anywhere',",
    to: "    case 'expired':\n      return { from: 'version',",
    tests: conformance,
  },
  {
    rule: 'W-11',
    claim: 'who is told when to come again does not come sooner',
    broken: 'Retry-After is not read',
    file: `${source}/reflecting/reaction.ts`,
    from: 'retryAfterMs === undefined ? backoffMs : ',
    to: 'retryAfterMs !== 0.5 ? backoffMs : ',
    tests: conformance,
  },
  {
    rule: 'W-12',
    claim: 'after 401 the token is read again',
    broken: 'the token that was refused is shown again',
    file: `${source}/reflecting/reflector.ts`,
    from: '      this.#options.server.renew()\n',
    to: '',
    tests: reflector,
  },
  {
    rule: 'W-13',
    claim: 'attempts become rarer while they fail',
    broken: 'every delay is as short as the first',
    file: `${source}/reflecting/backoff.ts`,
    from: 'firstMs * 2 ** (this.#failures - 1)',
    to: 'firstMs',
    tests: backoff,
  },
  {
    rule: 'W-18',
    claim: 'versions of initial events, which come in any order, are never resumed from',
    broken: 'the version of the last object is taken for that of the whole',
    file: `${source}/reflecting/reflector.ts`,
    from: "        this.#observed(objects, object.metadata?.resourceVersion ?? '')\n",
    to: "        this.#observed(objects, objects.at(-1)?.metadata?.resourceVersion ?? '')\n",
    tests: conformance,
  },
  {
    rule: 'W-23',
    claim: 'a thousand clients that lose their server at once come back spread over the window',
    broken: 'the first delay is the same for all',
    file: `${source}/reflecting/backoff.ts`,
    from: 'return this.#random.next() * 2 * firstMs',
    to: 'return 2 * firstMs',
    tests: backoff,
  },
]
