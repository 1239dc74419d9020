"""Documents and values made from the schema, valid and not, to find what the server stumbles over."""
