/**
 * Which addresses a slice may send this process to. Whoever may write slices could else make it call itself, or the metadata service of its cloud,
 * with the rights that it has there.
 */
import { BlockList, isIP } from 'node:net'
import { invalidOption } from '@evenkeel/core'

/** Exceptions from the rule. */
export interface AddressRuleOptions {
  /** Addresses, or blocks such as `127.0.0.0/8`, that are allowed although the rule refuses them. @defaultValue none */
  readonly allow?: readonly string[] | undefined
}

// RFC 6890 and RFC 4291. Link-local holds 169.254.169.254, the metadata service of most clouds; fd00:ec2::254 is Amazon's on IPv6.
const refused = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '255.255.255.255/32',
  '::/128',
  '::1/128',
  'fe80::/10',
  'ff00::/8',
  'fd00:ec2::254/128',
]

/**
 * Makes the rule: no loopback, link-local, metadata, unspecified, multicast or broadcast address, also not as an IPv4 address inside of an IPv6 one,
 * but for those in `allow`. A text that is no address is refused.
 * @throws EvenkeelError `EVENKEEL_INVALID_OPTION` for an entry of `allow` that is neither address nor block
 */
export function addressRule(options: AddressRuleOptions = {}): (address: string) => boolean {
  const { allow = [] } = options
  const forbidden = blocks(refused)
  const allowed = blocks(allow)
  return (address) => {
    // A list of blocks is some microseconds of work; nearly all addresses are seen to be harmless by their beginning.
    if (isHarmless(address)) return true
    const family = isIP(address)
    if (family === 0) return false
    const type = family === 4 ? 'ipv4' : 'ipv6'
    return !forbidden.check(address, type) || allowed.check(address, type)
  }
}

/** Whether it is an IPv4 address, as `node:net` says it. */
export function isIpv4(text: string): boolean {
  return ipv4Number(text) !== undefined
}

/**
 * The number that an IPv4 address is: four numbers up to 255 without leading zeros, the first of which counts most; above 2^31 it is negative. undefined for
 * anything else. Without the expression that `node:net` takes: each new endpoint is asked several times.
 */
export function ipv4Number(text: string): number | undefined {
  let number = 0
  let numbers = 0
  let value = -1
  for (let at = 0; at <= text.length; at++) {
    const digit = at === text.length ? dot : text.charCodeAt(at) - zero
    if (digit === dot) {
      if (value < 0) return undefined
      number = (number << 8) | value
      numbers++
      value = -1
    } else if (digit < 0 || digit > 9 || value === 0) return undefined
    else {
      value = Math.max(value, 0) * 10 + digit
      if (value > 255) return undefined
    }
  }
  return numbers === 4 ? number : undefined
}

const zero = 0x30
// As far from zero as it is in ASCII.
const dot = -2

/** IPv4 addresses that begin as those of pods do; nothing refused begins so. Anything else goes through the whole rule. */
function isHarmless(address: string): boolean {
  for (const beginning of podBeginnings) if (address.startsWith(beginning)) return isIpv4(address)
  return false
}

// Private (RFC 1918) and carrier-grade (RFC 6598) addresses.
const podBeginnings = ['10.', '172.', '192.', '100.']

function blocks(texts: readonly string[]): BlockList {
  const list = new BlockList()
  for (const [index, text] of texts.entries()) {
    const [address = '', bits] = text.split('/')
    const family = isIP(address)
    const length = bits === undefined ? 0 : Number(bits)
    if (family === 0 || !Number.isInteger(length) || length < 0 || length > (family === 4 ? 32 : 128)) {
      throw invalidOption(`allowAddresses[${index}]`, text, 'an IP address or a block such as 10.0.0.0/8')
    }
    const type = family === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, type)
    else list.addSubnet(address, length, type)
  }
  return list
}
