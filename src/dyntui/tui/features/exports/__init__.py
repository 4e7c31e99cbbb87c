"""Exports that the server makes: watch and download them."""
