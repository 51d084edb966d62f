import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { readSettings } from './settings.ts'

test('an empty environment gives the settings of the manifests', () => {
  expect(readSettings({})).toEqual({
    podName: hostname(),
    port: 8_080,
    grpcPort: 50_051,
    internalPort: 9_090,
    workMs: 10,
    usersUrl: 'http://users',
    catalogAddress: 'catalog:grpc',
    balanced: true,
    callMs: 2_000,
  })
})

test('every variable is heard', () => {
  const environment = {
    POD_NAME: 'users-1',
    PORT: '80',
    GRPC_PORT: '82',
    INTERNAL_PORT: '81',
    WORK_MS: '0',
    USERS_URL: 'http://127.0.0.2:8080/',
    CATALOG_ADDRESS: 'catalog.other:80',
    BALANCED: 'off',
    CALL_MS: '5',
  }
  expect(readSettings(environment)).toEqual({
    podName: 'users-1',
    port: 80,
    grpcPort: 82,
    internalPort: 81,
    workMs: 0,
    usersUrl: 'http://127.0.0.2:8080',
    catalogAddress: 'catalog.other:80',
    balanced: false,
    callMs: 5,
  })
})

test('without balancing the port of the catalog is a number, for cluster DNS knows no other', () => {
  expect(readSettings({ BALANCED: 'off' }).catalogAddress).toBe('catalog:50051')
})

test.each([
  [{ PORT: '0' }, 'PORT: 0 (expected: a whole number from 1 to 65535)'],
  [
    { INTERNAL_PORT: 'tcp://198.19.0.7:80' },
    'INTERNAL_PORT: tcp://198.19.0.7:80 (expected: a whole number from 1 to 65535)',
  ],
  [{ WORK_MS: '' }, 'WORK_MS:  (expected: a whole number from 0 to 60000)'],
  [{ CALL_MS: '1.5' }, 'CALL_MS: 1.5 (expected: a whole number from 1 to 60000)'],
  [{ USERS_URL: 'users' }, 'USERS_URL: users (expected: http://HOST or http://HOST:PORT)'],
  [{ USERS_URL: 'https://users' }, 'USERS_URL: https://users (expected: http://HOST or http://HOST:PORT)'],
  [{ USERS_URL: 'http://users/v1' }, 'USERS_URL: http://users/v1 (expected: http://HOST or http://HOST:PORT)'],
  [{ CATALOG_ADDRESS: 'catalog' }, 'CATALOG_ADDRESS: catalog (expected: HOST:PORT)'],
  [{ CATALOG_ADDRESS: 'dns:///catalog:80' }, 'CATALOG_ADDRESS: dns:///catalog:80 (expected: HOST:PORT)'],
])('%o is refused by name', (environment, message) => {
  expect(() => readSettings(environment)).toThrow(message)
})
