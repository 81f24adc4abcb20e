"""The HTTP server for the output directory, for readers on this machine or behind a proxy."""

from feeds.serve.app import App, create_app
from feeds.serve.server import Server, bind_server

__all__ = ["App", "Server", "bind_server", "create_app"]
