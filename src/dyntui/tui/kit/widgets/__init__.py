"""What screens are made of: the virtual table, the frame, prompts, tabs, the JSON tree."""
