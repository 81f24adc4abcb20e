"""HTTP: the output directory, for readers on this machine or behind a proxy."""

from feeds.serve.app import App, app
from feeds.serve.server import Server, serve

__all__ = ["App", "Server", "app", "serve"]
