"""RSS and Atom through feedparser, which is the reference for what a document means."""
