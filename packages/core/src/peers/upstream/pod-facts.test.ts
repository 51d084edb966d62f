import { expect, test } from 'vitest'
import { PodFacts } from './pod-facts.ts'

test('a fact is made once and shared by name while any peer has the UID', () => {
  const facts = new PodFacts()
  facts.retain('one')
  facts.retain('one')
  const mark = facts.fact('one', 'mark', () => ({}))
  expect(facts.fact('one', 'mark', () => ({}))).toBe(mark)
  expect(facts.fact('one', 'other', () => ({}))).not.toBe(mark)
  facts.release('one')
  expect(facts.fact('one', 'mark', () => ({}))).toBe(mark)
  facts.release('one')
  expect(facts.size).toBe(0)
  facts.retain('one')
  expect(facts.fact('one', 'mark', () => ({}))).not.toBe(mark)
})

test('a UID that no peer has gives everybody a fact of their own, and nothing is kept', () => {
  const facts = new PodFacts()
  expect(facts.fact('nobody', 'mark', () => ({}))).not.toBe(facts.fact('nobody', 'mark', () => ({})))
  facts.release('nobody')
  expect(facts.size).toBe(0)
})
