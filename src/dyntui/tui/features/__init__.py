"""One package for each part of the console. A feature never imports another one; routes lead between them."""
