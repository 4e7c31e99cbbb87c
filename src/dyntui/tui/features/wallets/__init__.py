"""Wallets: the list, one wallet, and pre-generated wallets."""
