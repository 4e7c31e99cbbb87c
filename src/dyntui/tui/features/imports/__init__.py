"""The import wizard, one module a step, the jobs screen and the import undo."""
