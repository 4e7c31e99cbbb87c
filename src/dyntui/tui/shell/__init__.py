"""The app and what all features share: base screens, navigation, the action runner, routes."""
