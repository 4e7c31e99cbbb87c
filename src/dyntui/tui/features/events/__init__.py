"""The events of the environment: a live tail, and the screen of one event."""
