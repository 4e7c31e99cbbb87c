"""What can be done to users and wallets: one by one, to marked rows, into files."""
