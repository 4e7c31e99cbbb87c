"""Environments: first-run setup, list, form, and the check of one."""
