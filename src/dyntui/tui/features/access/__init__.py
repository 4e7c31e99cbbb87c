"""Allowlists, their entries and gates, and the access of one user."""
