/** The image as Docker builds it, the one that the harness runs, and what the manifests expect of both. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { serviceNamed } from './services/service.ts'
import { readSettings } from './settings.ts'

const folder = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
const dockerfile = read('Dockerfile')
const image = JSON.parse(read('process-image.json'))
const deployments = ['users', 'catalog', 'storefront'].map((name) => [name, read(`manifests/${name}.yaml`)] as const)

/** The words behind the last instruction of that name. */
function instruction(name: string): string {
  return (
    dockerfile
      .split('\n')
      .findLast((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1) ?? ''
  )
}

test('Docker and the harness run the same command in the same folder', () => {
  expect(JSON.parse(instruction('ENTRYPOINT'))).toEqual(image.command)
  expect(instruction('WORKDIR')).toBe(image.workingDir)
  expect(dockerfile).toContain(`\nWORKDIR ${image.at}\n`)
})

test('whatever the Dockerfile copies is let through by its ignore file', () => {
  const copied = dockerfile
    .split('\n')
    .flatMap((line) => (line.startsWith('COPY ') ? line.split(' ').slice(1, -1) : []))
  expect(copied.length).toBeGreaterThan(0)
  const letThrough = read('Dockerfile.dockerignore').split('\n')
  for (const path of copied) expect(letThrough).toContain(`!${path}`)
})

test.each(deployments)(
  'the Deployment %s starts a service that there is, on the ports that it takes by default',
  (name, manifest) => {
    expect(manifest).toContain(`args: [${serviceNamed(name)}]`)
    expect(manifest).toContain(`image: ${image.name}\n`)
    const { port, grpcPort, internalPort } = readSettings({})
    expect(manifest).toContain(`{ name: http, containerPort: ${port} }`)
    if (name === 'catalog') expect(manifest).toContain(`{ name: grpc, containerPort: ${grpcPort} }`)
    expect(manifest).toContain(`{ name: internal, containerPort: ${internalPort} }`)
  },
)

test('every manifest is applied', () => {
  const kustomization = read('manifests/kustomization.yaml')
  const files = readdirSync(join(folder, 'manifests')).filter((file) => file !== 'kustomization.yaml')
  for (const file of files) expect(kustomization).toContain(`  - ${file}\n`)
})
