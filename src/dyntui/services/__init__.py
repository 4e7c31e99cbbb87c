"""Use cases of console and command line: lists, the write gate, access control, imports, exports and the audit log."""
