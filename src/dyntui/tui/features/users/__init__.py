"""Users: the list, one user, and everything that can be done to them."""
