"""Access control: lists, their entries, gates, and what they do to people. One file a screen."""
