"""The request log and the notifications of this session."""
