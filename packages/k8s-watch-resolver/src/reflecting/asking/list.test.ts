import { fakeClock } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { type Scripted, ScriptedServer } from '../../testing/scripted-server.ts'
import { list } from './list.ts'

const never = new AbortController().signal
const named = (name: string) => ({ metadata: { name } })

function listWith(answers: readonly Scripted[]) {
  const left = [...answers]
  const server = new ScriptedServer(() => left.shift() ?? {})
  const listed = list({ server, clock: fakeClock() }, { path: '/s' }, '0', never)
  return { server, listed }
}

test('pages are one list, at the version of the last one', async () => {
  const { server, listed } = listWith([
    { body: { metadata: { resourceVersion: '5', continue: 'more' }, items: [named('a')] } },
    { body: { metadata: { resourceVersion: '5', continue: '' }, items: [named('b')] } },
  ])
  expect(await listed).toEqual({ objects: [named('a'), named('b')], version: '5' })
  expect(server.paths).toEqual(['/s?limit=500&resourceVersion=0', '/s?limit=500&continue=more'])
})

test('a page that has expired is followed by a list without pages, and nothing of before is left', async () => {
  const { server, listed } = listWith([
    { body: { metadata: { resourceVersion: '5', continue: 'more' }, items: [named('a')] } },
    { status: 410, body: { reason: 'Expired' } },
    { body: { metadata: { resourceVersion: '9' }, items: [named('c')] } },
  ])
  expect(await listed).toEqual({ objects: [named('c')], version: '9' })
  expect(server.paths.at(-1)).toBe('/s?resourceVersion=')
})

test('a first page that has expired is a refusal', async () => {
  await expect(listWith([{ status: 410 }]).listed).rejects.toMatchObject({ kind: 'expired' })
})

test('no items are none', async () => {
  expect(await listWith([{ body: { metadata: { resourceVersion: '5' }, items: null } }]).listed).toEqual({
    objects: [],
    version: '5',
  })
})

test.each([[{ body: { items: [] } }], [{ body: '<html>' }]])('%j is no list', async (answer) => {
  await expect(listWith([answer]).listed).rejects.toThrow(SyntaxError)
})
