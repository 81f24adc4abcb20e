"""Agency credits, datelines and promotional lines: found, kept as data, taken off the text."""
