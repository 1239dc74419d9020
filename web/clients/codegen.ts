/**
 * TypeScript types for a frontend's documents, by `npx graphql-codegen --config codegen.ts`; it needs the packages
 * `@graphql-codegen/cli` and `@graphql-codegen/client-preset`. Copy it, and say where your documents are.
 */

export default {
  schema: 'http://127.0.0.1:8000/schema.graphql',
  documents: ['src/**/*.ts', 'src/**/*.graphql'],
  generates: {
    './src/gql/': {
      preset: 'client',
      config: {
        // How the API's own scalars are written in JSON. Without these lines they are `any`.
        scalars: { DateTime: 'string', UUID: 'string', Upload: 'File' },
        // Enums as unions of texts: a value that is added later is still a text.
        enumsAsTypes: true,
        strictScalars: true,
      },
    },
  },
}
