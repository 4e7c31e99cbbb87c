"""What is asked in front of a screen: confirmations, forms, help, the jump bar."""
