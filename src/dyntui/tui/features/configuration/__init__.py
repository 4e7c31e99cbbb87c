"""The comparison of two configurations: the environment in use, and another one or a folder."""
