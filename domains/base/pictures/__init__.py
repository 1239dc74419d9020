"""Pictures that strangers upload: drawn anew by a program in a process of its own."""
