/** The schema that the editor completes and checks by: as the server prints it, without introspection. */

import { buildSchema, type GraphQLSchema } from 'graphql'

/** Returns the schema; undefined where it cannot be read, and then GraphiQL tries introspection and says what failed. */
export async function readSchema(url: string): Promise<GraphQLSchema | undefined> {
  try {
    const response = await fetch(url)
    return response.ok ? buildSchema(await response.text()) : undefined
  } catch {
    return undefined
  }
}
