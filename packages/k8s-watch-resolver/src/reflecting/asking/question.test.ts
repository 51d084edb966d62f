import { seededRandom } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { listPath, watchListPath, watchPath, watchSeconds, wholeListPath } from './question.ts'

const collection = { path: '/slices', labelSelector: 'a=b c' }

function query(path: string): Record<string, string> {
  return Object.fromEntries(new URL(path, 'http://x').searchParams)
}

test('a first list comes in pages, from the cache or of the newest', () => {
  expect(query(listPath(collection, '0', undefined))).toEqual({
    labelSelector: 'a=b c',
    limit: '500',
    resourceVersion: '0',
  })
  expect(query(listPath({ path: '/slices' }, '', undefined))).toEqual({ limit: '500', resourceVersion: '' })
})

test('a list after something was seen is not older than that, and has no pages', () => {
  expect(query(listPath({ path: '/slices' }, '42', undefined))).toEqual({
    resourceVersion: '42',
    resourceVersionMatch: 'NotOlderThan',
  })
})

test('the rest of a list is found by its token alone', () => {
  expect(query(listPath({ path: '/slices' }, '42', 'token'))).toEqual({ limit: '500', continue: 'token' })
})

test('a list without pages says no limit', () => {
  expect(query(wholeListPath({ path: '/slices' }, ''))).toEqual({ resourceVersion: '' })
})

test('watches ask for bookmarks and for an end', () => {
  expect(query(watchPath(collection, '7', 300))).toEqual({
    labelSelector: 'a=b c',
    watch: '1',
    allowWatchBookmarks: 'true',
    timeoutSeconds: '300',
    resourceVersion: '7',
  })
  expect(query(watchListPath(collection, 301))).toEqual({
    labelSelector: 'a=b c',
    watch: '1',
    allowWatchBookmarks: 'true',
    timeoutSeconds: '301',
    sendInitialEvents: 'true',
    resourceVersionMatch: 'NotOlderThan',
  })
})

test('a watch lasts from 5 to 10 minutes, both ends included', () => {
  const random = seededRandom(1)
  const seconds = Array.from({ length: 20_000 }, () => watchSeconds(random))
  expect([Math.min(...seconds), Math.max(...seconds)]).toEqual([300, 600])
})
