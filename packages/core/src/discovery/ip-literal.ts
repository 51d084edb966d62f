/**
 * IP addresses as text. The odd forms matter: a URL parser reads `127.1`, `0x7f.1` and `2130706433` as the address 127.0.0.1
 * (WHATWG URL, "ends in a number"), so such a text must never be taken for the name of a Service.
 */

/**
 * Whether the text, with or without a port, is meant as an IP address: anything in brackets, anything with two colons, and one to
 * four numbers (decimal, octal or 0x hexadecimal) joined by dots, also where the numbers are too large. A Service whose name is a
 * number can still be named with its namespace and `.svc`.
 */
export function looksLikeIp(text: string): boolean {
  if (text.startsWith('[')) return true
  const colon = text.indexOf(':')
  if (colon >= 0 && text.indexOf(':', colon + 1) >= 0) return true
  const host = colon < 0 ? text : text.slice(0, colon)
  return /^(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}\.?$/i.test(host)
}

/** Whether the text is an IPv4 address in the only unambiguous form: four decimal numbers up to 255 without leading zeros. */
export function isIpv4(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/.test(text)
}

/** The shortest form (RFC 5952) of an IPv6 address without brackets, its zone index kept; undefined when it is none. */
export function canonicalIpv6(text: string): string | undefined {
  const [, address = '', index = ''] = /^([0-9a-f:.]*:[0-9a-f:.]*)(%[\w.-]+)?$/i.exec(text) ?? []
  if (address === '' || !URL.canParse(`http://[${address}]/`)) return undefined
  return `${new URL(`http://[${address}]/`).hostname.slice(1, -1)}${index}`
}
