"""Screens for resources: the index of all resources, one object, the settings and custom hostnames."""
