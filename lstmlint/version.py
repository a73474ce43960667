"""The version of lstmlint."""

__version__ = "0.1.0"
