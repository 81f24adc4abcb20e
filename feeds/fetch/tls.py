"""Builds the TLS contexts of sources: which certificates are trusted, and which one is shown to the server."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from pathlib import Path

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.util.ssl_ import create_urllib3_context

from feeds.fetch.connection import MeteredTlsSocket
from feeds.model import Access, Tls

ENVIRONMENT_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""With `trust_env`, the first of these that is set replaces Mozilla's list of certificate authorities."""

_FileStamp = tuple[int, int, int]


class UnusableCertificate(ValueError):
    """A file cannot be used. The message names the setting and the file, and says why."""


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """What a TLS context depends on. `bundle` replaces Mozilla's list, "" for that list; the other files are those of
    `Tls`."""

    bundle: str
    tls: Tls

    def stamps(self) -> tuple[_FileStamp | None, ...]:
        """Changes with the files: a renewed certificate is used without a restart."""
        files = (self.bundle, *self.tls.ca, self.tls.cert, self.tls.key)
        return tuple(_stamp(file) for file in files if file)


def settings_for(access: Access, *, own_host: bool, bundle: Path | None = None) -> TlsSettings:
    """The settings of one request. Another host than the source's own gets no client certificate and is verified."""
    tls = access.tls if own_host else Tls(ca=access.tls.ca)
    from_environment = next(filter(None, map(os.environ.get, ENVIRONMENT_BUNDLES)), "")
    return TlsSettings(str(bundle or "") or (from_environment if access.trust_env else ""), tls)


def build_context(settings: TlsSettings) -> ssl.SSLContext:
    """Raises UnusableCertificate."""
    context = create_urllib3_context()
    context.sslsocket_class = MeteredTlsSocket
    _load_authorities(
        context, "the list of certificate authorities", settings.bundle or DEFAULT_CA_BUNDLE_PATH
    )
    tls = settings.tls
    for file in tls.ca:
        _load_authorities(context, "ca", file)
    if tls.ca:
        # Private authorities often lack extensions that Python 3.13 requires, and the file may hold only the server's
        # own certificate or the authority that signed it, not the root.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if tls.cert:
        _load_client_certificate(context, tls)
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _load_authorities(context: ssl.SSLContext, what: str, file: str) -> None:
    try:
        if Path(file).is_dir():
            context.load_verify_locations(capath=file)
        else:
            context.load_verify_locations(cafile=file)
    except ssl.SSLError:
        raise UnusableCertificate(f"{what}: {file} holds no certificate in PEM form") from None
    except OSError as error:
        raise UnusableCertificate(f"{what}: {file} cannot be read: {error.strerror}") from None


def _load_client_certificate(context: ssl.SSLContext, tls: Tls) -> None:
    for what, file in (("cert", tls.cert), ("key", tls.key)):
        try:
            if file:
                Path(file).read_bytes()
        except OSError as error:
            raise UnusableCertificate(f"{what}: {file} cannot be read: {error.strerror}") from None
    try:
        # Without a password, OpenSSL would ask for one at the terminal.
        context.load_cert_chain(tls.cert, tls.key or None, password="")
    except (ssl.SSLError, ValueError) as error:
        if getattr(error, "reason", "") == "KEY_VALUES_MISMATCH":
            raise UnusableCertificate(f"key: {tls.key or tls.cert} is not the key of {tls.cert}") from None
        where = f"{tls.cert} and {tls.key}" if tls.key else tls.cert
        raise UnusableCertificate(
            f"cert: {where} hold no certificate with its key in PEM form, without a password"
        ) from None


def _stamp(file: str) -> _FileStamp | None:
    try:
        status = Path(file).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
