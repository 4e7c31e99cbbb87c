"""Helpers that every package uses: safe text, redaction, ids, times, errors, process-wide state."""
