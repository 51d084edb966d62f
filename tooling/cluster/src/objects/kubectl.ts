/**
 * kubectl, the genuine one.
 */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { environmentWith } from '../environment.ts'
import { pathOf } from '../programs.ts'

/** Runs it with a kubeconfig. @returns what it printed @throws Error with what it complained about */
export async function runKubectl(kubeconfig: string, parameters: readonly string[], input = ''): Promise<string> {
  const child = spawn(pathOf('kubectl'), parameters, { env: environmentWith({ KUBECONFIG: kubeconfig }) })
  const code = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  // Whoever ends before it has read that says why by itself.
  child.stdin.on('error', () => {}).end(input)
  const [output, complaint, ended] = await Promise.all([text(child.stdout), text(child.stderr), code])
  if (ended !== 0) throw new Error(`kubectl ${parameters.join(' ')}: ${complaint.trim()}`)
  return output
}
