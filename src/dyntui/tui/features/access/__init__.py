"""Allowlists, their entries, gates, and the access of a user."""
