"""What dyntui knows before it talks to anybody: where files go, which environment, and who holds the token."""
