"""Every operation of the API: search, fill in, send, read the response."""
