"""Cross-origin requests (CORS, Fetch Standard §3.2): pages of other sites may read public outputs, and nothing else.

Private outputs, the health report, /metrics, /healthz and error pages never carry these headers.
"""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

from feeds.publish.http_headers import content_type_of
from feeds.publish.sink import HEALTH_FILES, PRIVATE_FOLDER, ending_of

PREFLIGHT_SECONDS = 86_400
"""How long a browser may remember the answer to a preflight request."""

_READABLE_HEADERS = "Content-Length, ETag, Link"
"""Besides those that every page may read, such as Last-Modified."""

_REQUEST_HEADERS = "If-Modified-Since, If-None-Match, If-Range, Range"


def is_public(name: str) -> bool:
    """Whether it is the name of a published file that every page may read."""
    return (
        not name.startswith(PRIVATE_FOLDER)
        and name not in HEALTH_FILES
        and content_type_of(ending_of(name)) is not None
    )


def allow_reading(response: Response) -> None:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = _READABLE_HEADERS


def preflight_response(request: Request) -> Response:
    """The answer to OPTIONS. Browsers ask before they send headers such as If-None-Match."""
    response = Response(status=204)
    response.headers["Allow"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Allow-Origin"] = "*"
    if "Access-Control-Request-Method" in request.headers:
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
        response.headers["Access-Control-Allow-Headers"] = _REQUEST_HEADERS
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
        response.headers["Vary"] = "Access-Control-Request-Method, Access-Control-Request-Headers"
    return response
