"""The messages of a webhook: delivery attempts, redelivery and signature checks."""
