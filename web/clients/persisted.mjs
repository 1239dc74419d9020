/** Asks by Apollo's link for automatic persisted queries, by POST and by GET; prints what it was answered, and what it sent. */

import { createHash } from 'node:crypto'

import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'

const [url] = process.argv.slice(2)
const sha256 = (text) => createHash('sha256').update(text).digest('hex')

for (const useGETForHashedQueries of [false, true]) {
  const sent = []
  const spy = async (address, options) => {
    sent.push(options.method)
    return fetch(address, options)
  }
  const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries })
  const link = persisted.concat(new HttpLink({ uri: `${url}/graphql/`, fetch: spy }))
  const client = new ApolloClient({ cache: new InMemoryCache(), link })
  const answers = []
  for (const query of [gql`query Page { opportunities(first: 1) { totalCount } }`, gql`{ causes: __typename }`]) {
    const { data, error } = await client.query({ query, fetchPolicy: 'no-cache' })
    answers.push(error ? String(error) : data)
  }
  console.log(JSON.stringify({ sent, answers }))
}
