"""HTTP and WebSockets: the transport of requests and responses."""
