/** Runs one of the clients beside this file, in TypeScript as they are: `node clients/run.mjs graphql_ws …`. */

import { runnerImport } from 'vite'

await runnerImport(`/clients/${process.argv[2]}.ts`)
