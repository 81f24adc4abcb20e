"""The certificates of a source: authorities, the client certificate, and `verify: false`."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from feeds.errors import Blocked, FetchError, Unreachable
from feeds.fetch import Fetcher
from feeds.model import Response, Tls
from tests.fetch.conftest import NOTHING, source
from tests.loopback import Loopback

BODY = b"<rss/>"


@pytest.fixture
def secure() -> Iterator[Loopback]:
    with Loopback(tls=True) as server:
        server.page("/feed", BODY)
        yield server


@pytest.fixture
def client(tmp_path: Path) -> trustme.CA:
    authority = trustme.CA()
    certificate = authority.issue_cert("reader@example.org")
    certificate.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    certificate.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "both.pem"))
    authority.issue_cert("other@example.org").private_key_pem.write_to_path(str(tmp_path / "other.pem"))
    return authority


def ask(fetcher: Fetcher, url: str, tls: Tls, **access: object) -> bytes:
    fetched = fetcher.fetch(source(url, tls=tls, **access), url, NOTHING)
    assert isinstance(fetched, Response)
    return fetched.body


def require_certificate(server: Loopback, authority: trustme.CA) -> None:
    assert server._tls
    server._tls.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(server._tls)


def test_an_authority_of_the_source_or_the_site_is_trusted_besides_the_usual_ones(
    make_fetcher: Callable[..., Fetcher], secure: Loopback
) -> None:
    fetcher, url = make_fetcher(), secure.url("/feed")
    assert ask(fetcher, url, Tls(ca=(str(secure.authority),))) == BODY
    with pytest.raises(Unreachable, match="the certificate of 127"):  # another source's authority
        ask(fetcher, url, Tls())
    site = make_fetcher(extra_ca=secure.authority)
    assert ask(site, url, Tls()) == BODY
    for _, adapter in (*fetcher._http._adapters._adapters.values(), *site._http._adapters._adapters.values()):
        assert adapter._tls.cert_store_stats()["x509_ca"] > 50


def test_the_certificate_of_the_server_itself_may_be_the_authority(
    make_fetcher: Callable[..., Fetcher], secure: Loopback, tmp_path: Path
) -> None:
    own = tmp_path / "own.pem"
    own.write_text(ssl.get_server_certificate((secure.address, secure.port)))
    assert ask(make_fetcher(), secure.url("/feed"), Tls(ca=(str(own),))) == BODY


def test_verify_false_accepts_any_certificate_of_the_own_host_only(
    make_fetcher: Callable[..., Fetcher], secure: Loopback
) -> None:
    fetcher, tls = make_fetcher(), Tls(verify=False)
    assert ask(fetcher, secure.url("/feed"), tls) == BODY
    assert ask(fetcher, secure.url("/feed", host="localhost"), tls) == BODY
    secure.redirect("/away", secure.url("/feed", host="localhost"))
    with pytest.raises(Unreachable, match="the certificate of localhost is not valid"):
        ask(fetcher, secure.url("/away"), tls)
    with pytest.raises(
        Unreachable, match="the certificate of 127"
    ):  # no connection is shared with other sources
        ask(fetcher, secure.url("/feed"), Tls())


@pytest.mark.parametrize(("cert", "key"), [("cert.pem", "key.pem"), ("both.pem", "")])
def test_the_client_certificate_is_shown_to_the_own_host_only(
    make_fetcher: Callable[..., Fetcher],
    secure: Loopback,
    client: trustme.CA,
    tmp_path: Path,
    cert: str,
    key: str,
) -> None:
    require_certificate(secure, client)
    fetcher, ca = make_fetcher(), (str(secure.authority),)
    tls = Tls(ca=ca, cert=str(tmp_path / cert), key=str(tmp_path / key) if key else "")
    assert ask(fetcher, secure.url("/feed"), tls) == BODY
    secure.redirect("/away", secure.url("/feed", host="localhost"))
    with pytest.raises(FetchError):
        ask(fetcher, secure.url("/away"), tls)
    with pytest.raises(FetchError):
        ask(fetcher, secure.url("/feed"), Tls(ca=ca))


def test_a_renewed_file_is_used_without_a_restart(
    make_fetcher: Callable[..., Fetcher], secure: Loopback, client: trustme.CA, tmp_path: Path
) -> None:
    ca = tmp_path / "ca.pem"
    client.cert_pem.write_to_path(str(ca))
    fetcher, url, tls = make_fetcher(), secure.url("/feed"), Tls(ca=(str(ca),))
    with pytest.raises(Unreachable):
        ask(fetcher, url, tls)
    assert secure.authority
    ca.write_bytes(secure.authority.read_bytes() + b"\n")
    assert ask(fetcher, url, tls) == BODY
    ca.unlink()
    assert ask(fetcher, url, tls) == BODY  # it is being replaced


@pytest.mark.parametrize(
    ("tls", "problem"),
    [
        ({"ca": "missing.pem"}, "ca: .*missing.pem cannot be read: No such file"),
        ({"ca": "key.pem"}, "ca: .*key.pem holds no certificate in PEM form"),
        ({"cert": "cert.pem"}, "cert: .*cert.pem hold"),
        ({"cert": "cert.pem", "key": "other.pem"}, "key: .*other.pem is not the key of .*cert.pem"),
        ({"cert": "cert.pem", "key": "missing.pem"}, "key: .*missing.pem cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    make_fetcher: Callable[..., Fetcher],
    secure: Loopback,
    client: trustme.CA,
    tmp_path: Path,
    tls: dict[str, str],
    problem: str,
) -> None:
    paths = {name: str(tmp_path / file) for name, file in tls.items()}
    chosen = Tls(ca=(paths["ca"],)) if "ca" in paths else Tls(**paths)  # type: ignore[arg-type]
    with pytest.raises(Blocked, match=problem):
        ask(make_fetcher(), secure.url("/feed"), chosen)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_the_environment_names_the_authorities_with_trust_env_only(
    make_fetcher: Callable[..., Fetcher], secure: Loopback, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv(variable, str(secure.authority))
    fetcher, url = make_fetcher(), secure.url("/feed")
    assert ask(fetcher, url, Tls(), trust_env=True) == BODY
    with pytest.raises(Unreachable, match="the certificate of 127"):
        ask(fetcher, url, Tls())
