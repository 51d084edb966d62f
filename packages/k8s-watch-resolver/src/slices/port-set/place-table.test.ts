import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Place, PlaceTable } from './place-table.ts'

const addresses = fc.oneof(
  fc.ipV4(),
  fc.constantFrom('10.0.0.1', '10.0.0.2', '0.0.0.0', '255.255.255.255', 'fd00::1', 'pod-1', '1.2.3', '10.0.0.256'),
)
const places: fc.Arbitrary<Place> = fc.tuple(addresses, fc.constantFrom(80, 80, 80, 8080)).map(([address, port]) => {
  const host = address.includes(':') ? `[${address}]` : address
  return { locator: `${host}:${port}`, address, port }
})

test('whatever is put in and taken out, it knows what a Map of the locators knows', () => {
  const steps = fc.array(fc.tuple(places, fc.option(fc.nat(9), { nil: undefined })), { maxLength: 200 })
  fc.assert(
    fc.property(steps, (done) => {
      const table = new PlaceTable<number>()
      const map = new Map<string, number>()
      for (const [place, value] of done) {
        if (value === undefined) {
          table.delete(place)
          map.delete(place.locator)
        } else {
          table.set(place, value)
          map.set(place.locator, value)
        }
        expect(table.get(place)).toBe(map.get(place.locator))
      }
      for (const [{ locator }] of done) expect(table.at(locator)).toBe(map.get(locator))
    }),
  )
})

test('addresses that come and go for ever leave nothing that slows it down', () => {
  const table = new PlaceTable<string>()
  for (let round = 0; round < 20_000; round++) {
    const address = `10.${round >> 16}.${(round >> 8) & 255}.${round & 255}`
    const place = { locator: `${address}:80`, address, port: 80 }
    table.set(place, address)
    expect(table.get(place)).toBe(address)
    table.delete(place)
    expect(table.get(place)).toBeUndefined()
  }
})
