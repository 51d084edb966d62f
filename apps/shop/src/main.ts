/**
 * The program of the image: the service that its argument names, set up by the environment.
 */

import { balanceCalls } from './services/balance.ts'
import { createService, serviceNamed } from './services/service.ts'
import { serve } from './serving/serve.ts'
import { readSettings } from './settings.ts'

try {
  const name = serviceNamed(process.argv[2])
  const settings = readSettings(process.env)
  const { balanced, grpcPort, internalPort, podName, port } = settings
  const upstreams = balanced && name === 'storefront' ? balanceCalls() : undefined
  await serve({ ...createService(name, settings, upstreams), podName, port, grpcPort, internalPort })
  console.log(`${name} of ${podName} listens on ${port}; probes and figures on ${internalPort}`)
} catch (error) {
  // Whoever reads `kubectl logs` wants the sentence, not the stack.
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
