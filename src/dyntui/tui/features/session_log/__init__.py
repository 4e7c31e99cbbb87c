"""What happened in this session: requests and notifications."""
