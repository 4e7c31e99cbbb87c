"""Local configuration: file locations, profiles, settings, and where tokens are stored."""
