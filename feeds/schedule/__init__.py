"""When a source is due, and why (pure)."""
