import { fromJSON } from '@grpc/proto-loader'
import { describe, expect, test } from 'vitest'
import { decodeRequest, encodeList, encodeResponse } from './messages.ts'

describe('a request', () => {
  test('names its service, or none', () => {
    expect(decodeRequest(Buffer.from([0x0a, 2, 0xc3, 0xa4]))).toEqual({ service: 'ä' })
    expect(decodeRequest(Buffer.alloc(0))).toEqual({ service: '' })
  })

  test('may have fields that are not known', () => {
    const more = [0x10, 0xff, 0x01, 0x19, ...Array(8).fill(9), 0x22, 1, 7, 0x2d, 1, 2, 3, 4]
    expect(decodeRequest(Buffer.from([...more, 0x0a, 1, 0x61, ...more]))).toEqual({ service: 'a' })
  })

  test('is refused when its bytes are no message', () => {
    expect(() => decodeRequest(Buffer.from([0x0a, 5, 0x61]))).toThrow('the message ends in the middle of a field')
    expect(() => decodeRequest(Buffer.from([0x0b]))).toThrow('no wire type: 3')
    expect(() => decodeRequest(Buffer.alloc(11, 0xff))).toThrow('a number of more than 64 bits')
  })
})

test('a long name has its length in two bytes', () => {
  const name = 'a'.repeat(300)
  expect(encodeList(new Map([[name, 'SERVING']])).subarray(0, 6)).toEqual(Buffer.from([0x0a, 0xb3, 2, 0x0a, 0xac, 2]))
  expect(encodeResponse('SERVICE_UNKNOWN')).toEqual(Buffer.from([8, 3]))
})

test('a generated codec reads what is written by hand, and the other way round', () => {
  const {
    'health.Request': request,
    'health.Response': response,
    'health.List': list,
  } = fromJSON(
    {
      nested: {
        health: {
          nested: {
            Request: { fields: { service: { type: 'string', id: 1 } } },
            Response: { fields: { status: { type: 'Status', id: 1 } } },
            Status: { values: { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } },
            List: { fields: { statuses: { keyType: 'string', type: 'Response', id: 1 } } },
            Health: { methods: { Check: { requestType: 'Request', responseType: 'Response' } } },
          },
        },
      },
    } as Parameters<typeof fromJSON>[0],
    { enums: String },
  ) as unknown as Record<string, { serialize(value: object): Buffer; deserialize(bytes: Buffer): unknown }>
  expect(decodeRequest(request?.serialize({ service: 'shop.Catalog' }) as Buffer)).toEqual({ service: 'shop.Catalog' })
  expect(response?.deserialize(encodeResponse('NOT_SERVING'))).toEqual({ status: 'NOT_SERVING' })
  const name = 'a'.repeat(300)
  const statuses = new Map([
    ['', 'SERVING'],
    [name, 'NOT_SERVING'],
  ] as const)
  expect(list?.deserialize(encodeList(statuses))).toEqual({
    statuses: { '': { status: 'SERVING' }, [name]: { status: 'NOT_SERVING' } },
  })
})
