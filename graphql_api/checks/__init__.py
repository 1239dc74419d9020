"""What every document passes before it is executed, and every answer while it is made."""
