"""Charts of the metrics of the environment."""
