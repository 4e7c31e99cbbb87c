"""Every write: the registry of actions, the write gate, audit, and the actions of users and of resource records."""
