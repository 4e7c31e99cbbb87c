"""The wallets list, the wallet screen, and the dialog that pre-generates wallets."""
