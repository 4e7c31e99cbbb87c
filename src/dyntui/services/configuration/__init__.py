"""Configuration as files: read an environment or a folder as an `EnvironmentConfig`, compare and write it.

Which resources are configuration, and how, is in their records (`resources.configuration`).
"""
