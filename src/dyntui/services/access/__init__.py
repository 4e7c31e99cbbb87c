"""Who may come in: lists, entries, gates; what a change does to people, and whether somebody would get in."""
