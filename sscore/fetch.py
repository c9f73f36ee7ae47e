"""One file from the web onto the disk: resumed, retried, from several addresses in turn, checked before it is used.

While it comes, the file is `NAME.part` in the target's folder, with `NAME.part.json` beside it saying whose bytes they
are. Proxies are those of the environment (HTTPS_PROXY, NO_PROXY, …) or of the system's settings.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from sscore import __version__, paths
from sscore.disk import check_room, naming_a_full_disk, sha256_of
from sscore.errors import BadOption, DownloadFailed
from sscore.file_lock import only_one
from sscore.types import Progress

_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Patience:
    """timeout: seconds to wait for a connection or for the next byte; pauses: seconds before each further try of an
    address. A try that got further than all before it does not count."""

    timeout: float = 30.0
    pauses: tuple[float, ...] = (1.0, 3.0, 9.0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the file should be. size: bytes, 0 when not known; about: bytes within a tenth, 0 when not known; sha256:
    hexadecimal, "" when not known."""

    size: int = 0
    about: int = 0
    sha256: str = ""


class _Broken(Exception):
    """This try failed; another one may do better."""


class _Refused(Exception):
    """This address will not give the file."""


def fetch(
    urls: Sequence[str],
    target: Path,
    wanted: Wanted | None = None,
    *,
    progress: Progress | None = None,
    patience: Patience | None = None,
) -> tuple[str, str]:
    """Download the first of `urls` that gives the wanted file to `target`. Returns (that URL, SHA-256 of the file).

    progress: (bytes so far, bytes in all or 0); what it raises stops the download, whose part is kept for the next
    call. While a connection stalls it is not called, for at most `patience.timeout`. `target` is replaced only by a
    whole and checked file. Raises DownloadFailed when no URL gives it, DiskFull, Busy when another process is
    downloading it, BadOption for a URL that is not http(s).
    """
    wanted, patience = wanted or Wanted(), patience or Patience()
    for url in urls:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise BadOption(f"{url} is not a web address", remedy="it must begin with http:// or https://")
    attempts: list[tuple[str, str]] = []
    with only_one(target):
        part = _Part(target)
        for url in urls:
            try:
                sha256 = _Download(url, part, wanted, progress, patience).run()
            except _Refused as reason:
                attempts.append((url, str(reason)))
                continue
            paths.put_in_place(part.path, target)
            part.drop()
            return url, sha256
    raise DownloadFailed(
        f"{target.name} could not be downloaded: " + "; ".join(f"{url}: {why}" for url, why in attempts),
        attempts=tuple(attempts),
        remedy="check the network and, behind a proxy, HTTPS_PROXY",
    )


def partial_files(target: Path) -> tuple[Path, Path]:
    """What an unfinished download of `target` leaves: its bytes so far, and the note on where they are from."""
    return target.with_name(f"{target.name}.part"), target.with_name(f"{target.name}.part.json")


class _Part:
    """The bytes so far, and which URL and which version of its file (ETag or Last-Modified) they are from."""

    def __init__(self, target: Path) -> None:
        self.path, self._note = partial_files(target)

    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def origin(self) -> tuple[str, str]:
        """(URL, version), empty when not known."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            return str(note["url"]), str(note["version"])
        except (OSError, ValueError, KeyError, TypeError):
            return "", ""

    def begin(self, url: str, version: str) -> None:
        self.drop()
        self._note.write_text(json.dumps({"url": url, "version": version}), encoding="utf-8")

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)


@dataclass(slots=True)
class _Download:
    """The tries of one URL."""

    url: str
    part: _Part
    wanted: Wanted
    progress: Progress | None
    patience: Patience

    def run(self) -> str:
        """SHA-256 of the whole file, which is then in the part. Raises _Refused and what the progress raises."""
        inherited, failures, furthest = self.part.size() > 0, 0, self.part.size()
        while True:
            try:
                if not self.wanted.size or self.part.size() != self.wanted.size:
                    self._try()
                return self._checked()
            except _Broken as reason:
                if self.part.size() > furthest:
                    failures, furthest = 0, self.part.size()
                if failures == len(self.patience.pauses):
                    raise _Refused(str(reason)) from reason
                self._pause(self.patience.pauses[failures])
                failures += 1
            except _Refused:
                if not inherited or self.part.size():
                    raise
                # The bytes of an earlier download were wrong and are dropped: once more, all anew.
                inherited, failures, furthest = False, 0, 0

    def _try(self) -> None:
        offset, headers = self._resumption()
        response = self._open(headers)
        if response is None:
            return
        with response:
            if response.status == 206 and _range_start(response) != offset:
                self.part.drop()
                raise _Broken("the server resumed at another place than asked")
            self._receive(response, offset if response.status == 206 else 0)

    def _resumption(self) -> tuple[int, dict[str, str]]:
        """Bytes to keep and the headers that ask for the rest. Bytes of another URL or of an unknown version are kept
        only where a hash decides in the end."""
        offset = self.part.size()
        headers = {"User-Agent": f"scrap-sam-clip/{__version__}", "Accept-Encoding": "identity"}
        url, version = self.part.origin()
        same = url == self.url and bool(version)
        if offset and not same and not self.wanted.sha256:
            self.part.drop()
            offset = 0
        if offset:
            headers["Range"] = f"bytes={offset}-"
            if same:
                headers["If-Range"] = version
        return offset, headers

    def _open(self, headers: dict[str, str]) -> http.client.HTTPResponse | None:
        """The answer, or None when the part has every byte already. Raises _Broken for what may change in a moment,
        else _Refused."""
        request = urllib.request.Request(quote(self.url, safe="%/:?#[]@!$&'()*+,;=~"), headers=headers)
        try:
            # A new opener each time, so that a proxy set meanwhile is used.
            opened = urllib.request.build_opener().open(request, timeout=self.patience.timeout)
            assert isinstance(opened, http.client.HTTPResponse)
            return opened
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 416 and self.part.size():
                if error.headers.get("Content-Range") == f"bytes */{self.part.size()}":
                    return None
                self.part.drop()
                raise _Broken("the server could not resume") from error
            words = f"the server answers {error.code} {error.reason}".rstrip()
            if error.code in (408, 425, 429) or error.code >= 500:
                raise _Broken(words) from error
            raise _Refused(words) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _network_trouble(error) from error

    def _receive(self, response: http.client.HTTPResponse, offset: int) -> None:
        length = response.headers.get("Content-Length", "")
        promised = offset + int(length) if length.isdecimal() else 0
        first = _read(response)
        if problem := _no_weights(response.headers.get("Content-Type") or "", b"" if offset else first):
            raise _Refused(problem)
        if problem := _wrong_size(promised, self.wanted):
            raise _Refused(problem)
        if not offset:
            self.part.begin(self.url, _version(response))
        total = promised or self.wanted.size
        check_room(self.part.path.parent, max(total or self.wanted.about, offset) - offset)
        done, most = offset, self.wanted.size or self.wanted.about * 1.1
        with naming_a_full_disk(self.part.path), open(self.part.path, "ab") as file:
            self._report(done, total)
            chunk = first
            while chunk and (not most or done <= most):
                file.write(chunk)
                done += len(chunk)
                self._report(done, total)
                chunk = _read(response)
            file.flush()
            os.fsync(file.fileno())
        if done < promised:
            raise _Broken(f"the connection broke off at {done} of {promised} bytes")

    def _checked(self) -> str:
        """SHA-256 of the part. Drops it and raises _Refused when it is not the wanted file."""
        problem = _wrong_size(self.part.size(), self.wanted)
        sha256 = "" if problem else sha256_of(self.part.path)
        if not problem and self.wanted.sha256 not in ("", sha256):
            problem = "gives another file (its SHA-256 differs)"
        if problem:
            self.part.drop()
            raise _Refused(problem)
        return sha256

    def _report(self, done: int, total: int) -> None:
        if self.progress:
            self.progress(done, total)

    def _pause(self, seconds: float) -> None:
        """Sleep, asking now and then whether the user has had enough."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._report(self.part.size(), self.wanted.size)
            time.sleep(min(left, 0.2))


def _read(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read1(_CHUNK)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _network_trouble(error) from error


def _range_start(response: http.client.HTTPResponse) -> int:
    """Where a partial answer begins; -1 when it does not say."""
    unit, _, rest = (response.headers.get("Content-Range") or "").partition(" ")
    start = rest.partition("-")[0]
    return int(start) if unit == "bytes" and start.isdecimal() else -1


def _version(response: http.client.HTTPResponse) -> str:
    """What If-Range takes: a strong ETag, else the date; "" when the server gives neither."""
    etag = response.headers.get("ETag") or ""
    return etag if etag.startswith('"') else response.headers.get("Last-Modified") or ""


def _no_weights(content_type: str, start: bytes) -> str:
    """What came instead of a weight file, in words; "" when nothing speaks against it."""
    text = start[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content_type.startswith("text/html") or text.startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
        return "a web page came instead of the file (a sign-in page of the network, or a wrong address)"
    if text.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer came instead of the file"
    return ""


def _wrong_size(size: int, wanted: Wanted) -> str:
    """In words what is wrong with a file of so many bytes (0: not known); "" when nothing is."""
    if size and wanted.size and size != wanted.size:
        return f"gives another file (of {size} bytes, not {wanted.size})"
    if size and wanted.about and not wanted.size and not 0.9 <= size / wanted.about <= 1.1:
        return f"gives another file (of {size} bytes, not about {wanted.about})"
    return ""


def _network_trouble(error: Exception) -> _Broken | _Refused:
    """A network error as people say it; refused is what waiting does not mend."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return _Broken("no answer in time")
    if isinstance(cause, http.client.IncompleteRead):
        return _Broken("the connection broke off")
    if isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_NONAME:
        return _Refused("no network, or no server of that name")
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _Refused(f"its certificate is not trusted ({cause.verify_message}); SSL_CERT_FILE names a lab's own")
    return _Broken(f"no connection ({cause})")
