"""Rekindle: what two people told us, what they could do together next, and why."""

__version__ = "0.1.0"
