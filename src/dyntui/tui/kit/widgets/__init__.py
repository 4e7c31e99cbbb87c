"""Widgets: the virtual table, line lists, prompt, tabs, JSON tree, spinner."""
