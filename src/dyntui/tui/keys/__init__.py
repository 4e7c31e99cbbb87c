"""What every key does: a table for each part of the console, of which `tui/actions.py` makes the registry."""
