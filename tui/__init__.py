"""The terminal application. Screens own state, widgets draw it, nothing here does work."""
