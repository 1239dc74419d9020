"""What `permissions.toml` is checked with: a planted world, ten viewers, and documents made from the schema."""
