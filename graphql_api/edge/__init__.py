"""HTTP and sockets: how requests come in and answers go out."""
