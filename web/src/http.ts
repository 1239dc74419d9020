/** One GraphQL request over HTTP; what fails, fails with a sentence that a person can read. */

import type { FetcherParams } from '@graphiql/toolkit'
import type { ExecutionResult } from 'graphql'

export type Headers = Record<string, string>

export interface Answer {
  status: number
  result: ExecutionResult
}

export async function post(endpoint: string, params: FetcherParams, headers: Headers = {}): Promise<Answer> {
  const response = await reach(endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/graphql-response+json, application/json;q=0.9',
      ...headers,
    },
    body: JSON.stringify(params),
  })
  const text = await response.text()
  try {
    return { status: response.status, result: JSON.parse(text) }
  } catch {
    throw new Error(`The server answered ${response.status}, but not in JSON: ${text.trim().slice(0, 200)}`)
  }
}

/** A browser says no more than "Failed to fetch"; this says what it means. */
async function reach(endpoint: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(endpoint, request)
  } catch {
    throw new Error(`No answer from ${new URL(endpoint, location.href)}. Is the server running?`)
  }
}
