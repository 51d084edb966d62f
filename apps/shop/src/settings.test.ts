import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { readSettings } from './settings.ts'

test('an empty environment gives the settings of the manifests', () => {
  expect(readSettings({})).toEqual({
    podName: hostname(),
    port: 8_080,
    internalPort: 9_090,
    workMs: 10,
    usersUrl: 'http://users',
    catalogUrl: 'http://catalog',
    balanced: true,
    callMs: 2_000,
  })
})

test('every variable is heard', () => {
  const environment = {
    POD_NAME: 'users-1',
    PORT: '80',
    INTERNAL_PORT: '81',
    WORK_MS: '0',
    USERS_URL: 'http://127.0.0.2:8080/',
    CATALOG_URL: 'http://catalog.other',
    BALANCED: 'off',
    CALL_MS: '5',
  }
  expect(readSettings(environment)).toEqual({
    podName: 'users-1',
    port: 80,
    internalPort: 81,
    workMs: 0,
    usersUrl: 'http://127.0.0.2:8080',
    catalogUrl: 'http://catalog.other',
    balanced: false,
    callMs: 5,
  })
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
  [{ CATALOG_URL: 'https://catalog' }, 'CATALOG_URL: https://catalog (expected: http://HOST or http://HOST:PORT)'],
  [{ CATALOG_URL: 'http://catalog/v1' }, 'CATALOG_URL: http://catalog/v1 (expected: http://HOST or http://HOST:PORT)'],
])('%o is refused by name', (environment, message) => {
  expect(() => readSettings(environment)).toThrow(message)
})
