"""Lists of the API for a table or a full scan: paged view, row cache, local search, filters, reachability."""
