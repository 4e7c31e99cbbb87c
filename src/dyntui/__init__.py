"""dyntui: the terminal console for people who run a Dynamic environment."""

__version__ = "0.1.0"
