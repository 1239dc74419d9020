"""What the queries and mutations of opportunities take."""
