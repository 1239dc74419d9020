"""Pages and files over HTTP, everything that is not GraphQL; the views call selectors and services."""
