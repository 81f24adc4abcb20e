"""The HTTP server for the output directory, for readers on this machine or behind a proxy."""

from feeds.serve.access_log import open_access_log
from feeds.serve.app import App, create_app
from feeds.serve.connections import Limits
from feeds.serve.server import Server, bind_server

__all__ = ["App", "Limits", "Server", "bind_server", "create_app", "open_access_log"]
