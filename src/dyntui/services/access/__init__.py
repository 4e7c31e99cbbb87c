"""Access control: allowlists, entries, gates, the impact of their changes, and the access check."""
