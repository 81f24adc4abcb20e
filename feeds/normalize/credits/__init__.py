"""Finds agency credits, datelines and promotional lines in a body, and removes them from its text."""
