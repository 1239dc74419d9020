"""What may be attached, and a look into pictures by a process of its own."""
