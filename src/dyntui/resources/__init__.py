"""The resources of the API as records: one module for each group. `all_resources` has all of them."""
