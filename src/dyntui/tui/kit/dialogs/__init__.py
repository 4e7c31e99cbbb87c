"""Dialogs over a screen: base class, forms, choices, text, messages, secrets."""
