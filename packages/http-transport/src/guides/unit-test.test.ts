import { BalancedAgent } from '@evenkeel/http-transport'
import { fleet } from '@evenkeel/testkit'
import { fetch } from 'undici'
import { expect, onTestFinished, test } from 'vitest'

test('a user is created although one pod refuses', async () => {
  const pods = await fleet('user-service:8080', ['refuse', { status: 201, body: { name: 'ada' } }])
  const agent = new BalancedAgent({ resolver: pods })
  onTestFinished(() => agent.close())
  onTestFinished(() => pods.close())
  const answer = await fetch('http://user-service:8080/users', { dispatcher: agent, method: 'POST', body: 'ada' })
  expect(await answer.json()).toEqual({ name: 'ada' })
  expect(pods.requests).toMatchObject([{ method: 'POST', path: '/users', body: 'ada' }])
})
