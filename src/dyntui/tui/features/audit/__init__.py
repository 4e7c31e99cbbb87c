"""The audit log: the changes made from this machine, and their undo."""
