/**
 * Checks of what faults are given: a wrong address would cut nothing, and the test would pass for no reason.
 */
import { isIPv4 } from 'node:net'

// The network of the harness has no others.
const widestPrefix = 32
const highestPort = 65_535

/** @throws Error unless it is an IPv4 address */
export function checkAddress(option: string, value: string): void {
  if (!isIPv4(value)) throw wrong(option, value, 'an IPv4 address such as 198.18.1.2')
}

/** @throws Error unless it is an IPv4 address or a CIDR */
export function checkRange(option: string, value: string): void {
  const [address = '', prefix, ...more] = value.split('/')
  const isPrefix = prefix === undefined || (/^\d+$/.test(prefix) && Number(prefix) <= widestPrefix)
  if (!isIPv4(address) || !isPrefix || more.length > 0) {
    throw wrong(option, value, 'an IPv4 address or a CIDR such as 198.18.1.0/24')
  }
}

/** @throws Error unless it is a port that something can listen at */
export function checkPort(option: string, value: number): void {
  if (!Number.isInteger(value) || value < 1 || value > highestPort) {
    throw wrong(option, value, `a whole number from 1 to ${highestPort}`)
  }
}

/** @throws Error unless it is one of the choices */
export function checkChoice(option: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw wrong(option, value, choices.join(', '))
}

/** @throws Error unless it is a finite number of at least so much */
export function checkAtLeast(option: string, value: number, least: number): void {
  if (!Number.isFinite(value) || value < least) throw wrong(option, value, `a number of at least ${least}`)
}

function wrong(option: string, value: unknown, expected: string): Error {
  return new Error(`${option}: ${value} (expected: ${expected})`)
}
