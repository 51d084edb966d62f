/**
 * Whether a component answers.
 */
import { request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'

/**
 * Whether the URL answers 200; not answering at all is no error. Certificates are not checked: components make their own when they start, and nothing
 * secret is sent.
 */
export function answers(url: string): Promise<boolean> {
  const request = url.startsWith('https:') ? secureRequest : plainRequest
  return new Promise((resolve) => {
    const asked = request(url, { rejectUnauthorized: false, agent: false, timeout: 1_000 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asked.once('timeout', () => asked.destroy())
    asked.once('error', () => resolve(false))
    asked.end()
  })
}
