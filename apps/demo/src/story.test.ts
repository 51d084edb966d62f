import { describe, expect, test } from 'vitest'
import { endSeconds, fullSeconds, leadInSeconds, leastSeconds, planStory, scenes, warmUpSeconds } from './story.ts'

function length({ scenes: played, pauseSeconds }: ReturnType<typeof planStory>): number {
  const needed = played.reduce((sum, { seconds }) => sum + leadInSeconds + seconds + pauseSeconds, 0)
  return warmUpSeconds + needed + endSeconds
}

describe('story', () => {
  test('the full story plays every scene in order', () => {
    const plan = planStory(fullSeconds)
    expect(plan.scenes).toEqual(scenes)
    expect(plan.leftOut).toEqual([])
  })

  test('the shortest story plays the rolling restart and names what it leaves out', () => {
    const plan = planStory(leastSeconds)
    expect(plan.scenes.map(({ name }) => name)).toEqual(['rolling-restart'])
    expect(plan.leftOut).toEqual(['slow-pod', 'killed-pod', 'frozen-pod', 'failing-pod', 'scale-up', 'scale-down'])
  })

  test('every length from the shortest up is filled exactly, and each scene is either played or named', () => {
    for (let seconds = leastSeconds; seconds <= fullSeconds + 30; seconds++) {
      const plan = planStory(seconds)
      expect(length(plan)).toBeCloseTo(seconds)
      expect(plan.pauseSeconds).toBeGreaterThanOrEqual(0)
      const names = [...plan.scenes.map(({ name }) => name), ...plan.leftOut]
      expect(names.toSorted()).toEqual(scenes.map(({ name }) => name).toSorted())
    }
  })

  test('names are in kebab-case and differ, since ids of checks begin with them', () => {
    const names = scenes.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
  })
})
