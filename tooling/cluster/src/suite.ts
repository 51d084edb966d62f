/**
 * `npm run test:cluster`: the suite that needs a cluster, inside a namespace. With `--json` one document on standard output lists every test with its
 * verdict and every fact with the document that it comes from. Other parameters go to vitest.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { currentEnvironment, printResult } from '@evenkeel/tooling/result'
import { type Report, resultOf } from './suite/report.ts'

const config = join(import.meta.dirname, '../vitest.config.ts')
const parameters = process.argv.slice(2)

if (parameters.includes('--json')) {
  const folder = mkdtempSync(join(tmpdir(), 'report-'))
  const path = join(folder, 'report.json')
  const others = parameters.filter((parameter) => parameter !== '--json')
  // Standard output is for the document alone.
  const code = await vitest([...others, '--reporter=default', '--reporter=json', `--outputFile.json=${path}`], 2)
  printResult(resultOf(JSON.parse(readFileSync(path, 'utf8')) as Report, currentEnvironment()))
  rmSync(folder, { recursive: true })
  if (code !== 0) process.exitCode = code
} else {
  process.exitCode = await vitest(parameters, 1)
}

function vitest(more: readonly string[], output: 1 | 2): Promise<number> {
  const child = spawn('vitest', ['run', '--config', config, ...more], { stdio: ['inherit', output, 2] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}
