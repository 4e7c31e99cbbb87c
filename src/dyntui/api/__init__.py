"""The client of the Dynamic API: transport, client, catalog of operations, models and errors.

All requests pass here.
"""
