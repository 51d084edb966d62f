/**
 * Makes etcd forget, through its gateway for HTTP.
 */

const gateway = 'http://127.0.0.1:2379/v3/kv'
// Outside of what Kubernetes keeps, which is below /registry.
const key = Buffer.from('/evenkeel-trial').toString('base64')
// So that the newest version that anybody has seen is behind the one that is kept.
const writes = 10

/** Writes some versions and compacts everything before the last one. */
export async function compact(): Promise<void> {
  let revision = '0'
  for (let done = 0; done < writes; done++) revision = await post('put', { key, value: key })
  await post('compaction', { revision, physical: true })
}

/** @returns the revision of the store then */
async function post(what: 'put' | 'compaction', body: object): Promise<string> {
  const answer = await fetch(`${gateway}/${what}`, { method: 'POST', body: JSON.stringify(body) })
  const said = await answer.text()
  if (!answer.ok) throw new Error(`etcd: ${what}: ${answer.status} ${said}`)
  const { header } = JSON.parse(said) as { readonly header: { readonly revision: string } }
  return header.revision
}
