"""The icon that browsers ask for at /favicon.ico: without it, each visit is a 404. One in the output directory wins."""

from __future__ import annotations

from base64 import b64decode

from werkzeug.wrappers import Response

FAVICON_NAME = "favicon.ico"

FAVICON = b64decode(
    "AAABAAEAICAAAAEAIADEAAAAFgAAAIlQTkcNChoKAAAADUlIRFIAAAAgAAAAIAIDAAAADhSSZwAAAAlQTFRFAAAA2WMe////2Liv"
    "BAAAAAF0Uk5TAEDm2GYAAABpSURBVHjaZdCxEcAgCAVQmoyQvVIEC0ZwH0eggCmj8jFeQvXu5HMCEc8iOgIXnYH7BaM2iCZcE76g"
    "aHYDxDPuLXq4KuJiASsT480Rb0DV2mIOoMVkoBjQQ9b/tKFPC7Amvlv8N11HyLM8fJ1h3K9sNaAAAAAASUVORK5CYII="
)
"""An ICO file with one PNG of 32 × 32 pixels: white arcs on an orange square."""


def favicon_response() -> Response:
    response = Response(FAVICON, content_type="image/x-icon")
    response.headers["Cache-Control"] = "max-age=86400"
    return response
