"""Parts of a terminal app that know nothing of Dynamic: actions, dialogs, widgets, the terminal writer."""
