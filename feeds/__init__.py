"""feeds: pull articles from many sources, keep one copy of each story, publish RSS, Atom and JSON Feed.

due → fetch → parse → normalize → dedupe → store → publish
"""

__version__ = "0.1.0"
