"""Base screens of every list: paging, local search, marks, columns, saved views, export."""
