import { test } from 'vitest'
import { crowdSeeds, loseServerAtOnce } from '../testing/conformance/crowd.ts'

test.each(crowdSeeds)(
  'W-23 a thousand clients that lose their server at once come back spread over the window, seed %i',
  loseServerAtOnce,
  30_000,
)
