"""The third door: pages and files over HTTP, everything that is not GraphQL; they call selectors and services."""
