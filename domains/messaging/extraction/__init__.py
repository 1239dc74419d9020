"""What an attached file really is, told by its bytes."""
