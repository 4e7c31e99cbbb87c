"""The events of the environment, as a live tail and one by one."""
