import { soakIterations } from './testing/interop/cases.ts'
import { describePairing } from './testing/interop/described.ts'
import { goPairings } from './testing/interop/pairings/go.ts'

// Needs no cluster, but what is built with it: grpc-go.
for (const pairing of goPairings) describePairing(pairing, soakIterations)
