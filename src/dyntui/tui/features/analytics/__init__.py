"""Charts of the environment's figures."""
