/** Where the fetch built into Node 22 and 24 finds its dispatcher; undefined until it is first used. */
export function builtInDispatcher(): unknown {
  return (globalThis as Record<symbol, unknown>)[Symbol.for('undici.globalDispatcher.1')]
}

/** A POST by the fetch built into Node whose caller sets the content-length: it fails on Node 22 once undici 8 has taken fetch over. */
export async function post(url: string): Promise<string> {
  const answer = await fetch(url, { method: 'POST', body: 'abc', headers: { 'content-length': '3' } })
  return answer.text()
}
