"""Decides when a source is polled next, and what its answers say about it. Pure."""
