import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressRule } from '../address-rule.ts'
import type { EndpointSlice, SliceEndpoint, SliceEvent } from '../endpoint-slice.ts'
import { Interned } from '../interned.ts'
import { readSlice, type SliceReader } from '../slice-content.ts'
import { eventParser } from './parse-event.ts'

// What Kubernetes 1.37 writes, an annotation left out but for its beginning.
const written = String.raw`{"type":"ADDED","object":{"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":{"name":"users-abcde","namespace":"default","uid":"c5539fcc-d4b7-40a3-a1a3-48dc7783495c","resourceVersion":"246","generation":1,"creationTimestamp":"2026-11-24T17:58:52Z","labels":{"kubernetes.io/service-name":"users"},"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"addressType\":\"IPv4\",\"endpoints\":[{\"addresses\":[\"10.1.0.1\"]}]}\n"},"managedFields":[{"manager":"kubectl-client-side-apply","operation":"Update","apiVersion":"discovery.k8s.io/v1","time":"2026-11-24T17:58:52Z","fieldsType":"FieldsV1","fieldsV1":{"f:addressType":{},"f:endpoints":{},"f:ports":{}}}]},"addressType":"IPv4","endpoints":[{"addresses":["10.1.0.1"],"conditions":{"ready":true,"serving":true,"terminating":false},"hostname":"users-0","targetRef":{"kind":"Pod","namespace":"default","name":"users-6d5f7c9b8d-aaaaa","uid":"5c2a6f4e-1d3b-4a7c-9e8f-000000000001"},"nodeName":"node-1","zone":"zone-a","hints":{"forZones":[{"name":"zone-a"},{"name":"zone-b"}],"forNodes":[{"name":"node-1"}]}},{"addresses":["10.1.0.2"],"conditions":{}}],"ports":[{"name":"http","protocol":"TCP","port":8080}]}}`

/** An endpoint as plain objects, no more than is read of it. */
function plain({ addresses, conditions, targetRef, nodeName, zone, hints }: SliceEndpoint): SliceEndpoint {
  const { name, uid } = targetRef ?? {}
  return { addresses, conditions, targetRef: targetRef && { name, uid }, nodeName, zone, hints }
}

type Parse = (line: string) => unknown

/** All that a line says; 'no JSON' where it says nothing. */
function meaning(parse: Parse, line: string): unknown {
  let event: { object?: { endpoints?: unknown } | null } | null
  try {
    event = parse(line) as typeof event
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError)
    return 'no JSON'
  }
  const endpoints = event?.object?.endpoints
  if (!Array.isArray(endpoints) || endpoints.some((one) => typeof one !== 'object' || one === null)) return event
  return { ...event, object: { ...event?.object, endpoints: endpoints.map(plain) } }
}

function isQuick(line: string): boolean {
  const { object } = eventParser()(line) as SliceEvent
  return object.endpoints?.some((one) => Object.getPrototypeOf(one) !== Object.prototype) ?? false
}

function content(parse: Parse, line: string): unknown {
  const isAllowed = addressRule()
  const reader: SliceReader = { interned: new Interned(), wanted: () => undefined, isAllowed, warn: () => {} }
  return readSlice((parse(line) as { object: EndpointSlice }).object, undefined, reader)
}

describe('what an API server writes', () => {
  test('is read quickly', () => {
    expect(isQuick(written)).toBe(true)
    expect(meaning(eventParser(), written)).toEqual(meaning(JSON.parse, written))
    expect(content(eventParser(), written)).toEqual(content(JSON.parse, written))
  })

  test('is remembered as texts of its own, by a stream that reads on', () => {
    const parse = eventParser()
    const other = written.replaceAll('true', 'false').replaceAll('zone-a', 'zone-c')
    for (const line of [written, other, written]) {
      expect(isQuick(line)).toBe(true)
      expect(meaning(parse, line)).toEqual(meaning(JSON.parse, line))
    }
  })
})

describe('what is written in another way is read by JSON.parse', () => {
  const list = written.slice(written.indexOf('[{"addresses":["10.1.0.1"'), written.indexOf(',"ports"'))
  test.each([
    ['an escape', written.replace('node-1', String.raw`node\u002d1`)],
    ['a space', written.replace('"zone":', '"zone": ')],
    ['two addresses', written.replace('["10.1.0.2"]', '["10.1.0.2","10.1.0.3"]')],
    ['a field that is not known', written.replace('"conditions":{}', '"conditions":{},"weight":1')],
    [
      'another order',
      written.replace('"addresses":["10.1.0.2"],"conditions":{}', '"conditions":{},"addresses":["10.1.0.2"]'),
    ],
    ['a field that is null', written.replace('"nodeName":"node-1"', '"nodeName":null')],
    ['no list', written.replace(list, 'null')],
    ['an empty list', written.replace(list, '[]')],
    ['a second list', written.replace('"ports":', '"endpoints":[],"ports":')],
    ['a list elsewhere', `{"object":{"metadata":{"endpoints":${list}},"endpoints":"x"}}`],
    ['a list of something else', `{"other":{"endpoints":${list}},"object":{"endpoints":"xxxxxxxxxxxxxxxxxxxxxxxx"}}`],
    ['a list in a list', `[{"endpoints":${list}}]`],
    ['a key with a quote', String.raw`{"object":{"\"endpoints":${list}}}`],
    ['conditions that are none', written.replace('"conditions":{}', '"conditions":{"ready"}')],
    ['the end of a text in the middle', `{"object":{"a":"b"endpoints":${list}}}`],
  ])('%s', (_, line) => {
    expect(line).not.toBe(written)
    expect(meaning(eventParser(), line)).toEqual(meaning(JSON.parse, line))
  })
})

const name = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-z0-9.-]{1,30}$/) },
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '"', '\\', 'é', '\u0000', '"endpoints":[', ']}', null),
)
const names = fc.oneof(fc.array(fc.record({ name }), { maxLength: 3 }), fc.constant(null))
const flag = fc.constantFrom(true, false, null)
/** Fields may be missing, and their order is the server's or another one. */
const endpoint = fc
  .record(
    {
      addresses: fc.oneof(
        { weight: 5, arbitrary: fc.tuple(fc.ipV4()) },
        fc.array(fc.oneof(fc.ipV6(), name), { maxLength: 2 }),
      ),
      conditions: fc.record({ ready: flag, serving: flag, terminating: flag }, { requiredKeys: [] }),
      hostname: name,
      targetRef: fc.oneof(fc.record({ kind: name, namespace: name, name, uid: name }), fc.constant(null)),
      nodeName: name,
      zone: name,
      hints: fc.record({ forZones: names, forNodes: names }, { requiredKeys: [] }),
      more: fc.jsonValue({ maxDepth: 1 }),
    },
    { requiredKeys: ['addresses', 'conditions'] },
  )
  .chain((one) => fc.oneof({ weight: 4, arbitrary: fc.constant(one) }, shuffled(one)))

function shuffled(one: object): fc.Arbitrary<object> {
  return fc.shuffledSubarray(Object.entries(one)).map((entries) => Object.fromEntries(entries))
}

const list = fc.oneof({ weight: 5, arbitrary: fc.array(endpoint, { maxLength: 4 }) }, fc.jsonValue())
const event = fc.record({
  type: fc.constantFrom('ADDED', 'MODIFIED', 'DELETED'),
  object: fc.record(
    {
      metadata: fc.record(
        { name, annotations: fc.dictionary(name.map(String), name), endpoints: list },
        { requiredKeys: ['name'] },
      ),
      addressType: fc.constantFrom('IPv4', 'IPv6'),
      endpoints: list,
      ports: fc.constantFrom(null, [{ name: 'http', protocol: 'TCP', port: 8080 }]),
    },
    { requiredKeys: ['metadata'] },
  ),
})

test('any event means what JSON.parse says, however it is written', () => {
  fc.assert(
    fc.property(event, fc.constantFrom(0, 0, 0, 1), (one, indent) => {
      const line = JSON.stringify(one, undefined, indent)
      expect(meaning(eventParser(), line)).toEqual(meaning(JSON.parse, line))
    }),
    { numRuns: 1_000 },
  )
})

test('a line in which something is cut out or written over means what JSON.parse says', () => {
  const anywhere = fc.nat(written.length)
  fc.assert(
    fc.property(
      anywhere,
      anywhere,
      fc.constantFrom('', '"', '\\', '{', ']', ',', ' ', '\n', '0', 'é', 'null'),
      (at, to, by) => {
        const line = written.slice(0, at) + by + written.slice(Math.max(at, Math.min(to, at + 20)))
        expect(meaning(eventParser(), line)).toEqual(meaning(JSON.parse, line))
      },
    ),
    { numRuns: 2_000 },
  )
})
