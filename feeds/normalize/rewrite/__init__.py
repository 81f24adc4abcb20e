"""Rewrites a body's tree before it is sanitized: each element that may not be published becomes the nearest that may.

A module handles one kind of element and exports `HANDLERS`: tag → function. `walk` joins them. A new kind is one new
module and one line in `walk`.
"""
