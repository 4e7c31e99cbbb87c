"""Webhook messages: delivery attempts, redelivery, signature checks."""
