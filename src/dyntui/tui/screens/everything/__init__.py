"""Every resource that has no screen of its own elsewhere: lists and details from the records, and what a list cannot
show: deliveries, the event tail, exports, charts, settings, the API console."""
