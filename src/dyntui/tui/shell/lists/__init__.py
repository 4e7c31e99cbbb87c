"""Base screens of every list: paging, search search, marks, columns, saved views, export."""
