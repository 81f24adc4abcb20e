"""The fast path: common well-formed RSS and Atom through lxml. `reader.parse` is its entry."""
