"""Pure values that every room uses: safe text, redaction, ids, times, errors."""
