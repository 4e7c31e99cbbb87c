"""Screens of resource records that are more than a list: detail, index, settings, hostnames."""
