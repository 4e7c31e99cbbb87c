"""The users list, the user screen, and their actions."""
