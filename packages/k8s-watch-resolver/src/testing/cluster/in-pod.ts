/**
 * A program in a pod: `kubernetes()` as a newcomer writes it. For each name one line of what it found, or of the code of its error.
 */
import { type Endpoint, EvenkeelError, endpoints } from '@evenkeel/core'
import { kubernetes } from '../../kubernetes.ts'

await using resolver = kubernetes()
for (const name of process.argv.slice(2)) console.log(`${name} ${await found(name)}`)

async function found(name: string): Promise<string> {
  try {
    return locatorsOf(await endpoints(resolver, name))
  } catch (error) {
    return EvenkeelError.is(error) ? error.code : String(error)
  }
}

function locatorsOf(all: readonly Endpoint[]): string {
  return all
    .map(({ locator }) => locator)
    .sort()
    .join(' ')
}
