"""Files in remote stores (s3://, gs://, hf:// and so on), which fsspec reads. Imported only if a path has a scheme.

A store is as little trusted as a file: it may list what does not exist, list without an end, raise anything, or never
answer. What it calls a file is only ever given back to it, and never becomes a path on this computer.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from lstmlint.config.settings import Resolver
from lstmlint.model.findings import ReadError, UsageError
from lstmlint.model.limits import InputLimits, enforced
from lstmlint.model.values import plural
from lstmlint.reading.containers import suffixes
from lstmlint.reading.limits import check_size

# Scheme -> the package that fsspec needs for it, '' for none. Others read local files, or caches of them.
SCHEMES = {
    "s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "hf": "huggingface_hub", "az": "adlfs", "abfs": "adlfs",
    "abfss": "adlfs", "http": "aiohttp", "https": "aiohttp", "sftp": "paramiko", "ftp": "", "hdfs": "pyarrow",
    "webhdfs": "requests", "oss": "ossfs", "oci": "ocifs", "file": "", "memory": "",
}  # fmt: skip
MOST_ENTRIES = 1_000_000  # of one listing
MOST_LEVELS = 64
MOST_BYTES = 2**30  # of one file, with its weights
_PIECE = 2**20
_SECRET = re.compile(
    r"(?i)((?:key|token|signature|secret|passw(?:or)?d|credential|authorization|bearer)[\w-]*\W{1,3})[^\s&\"']+"
)
_SECRET_NAME = re.compile("KEY|TOKEN|SECRET|PASSW|CREDENTIAL")


class Remote(NamedTuple):
    """A file in a store. url: the argument of the command line, which says how to connect. name: as the store calls it."""

    url: str
    name: str


def found(
    url: str, resolver: Resolver, skipped: frozenset[str], failures: list[str]
) -> Iterator[tuple[str, bool, int, Remote]]:
    """Yield the file at a URL, the files that match it, or those in the folder, in a stable order.

    Each is (path in reports, whether the user named it, size in bytes or 0, where it is). skipped: names of folders.
    Raises: UsageError.
    """
    system, root = connect(url)
    shown = public(url)
    settings = resolver.of_folder(os.path.abspath(os.curdir))  # noqa: PTH100
    try:
        with answering(shown, settings.cost_limits()):
            entries = list(files(system, url, root, settings.excludes, skipped, failures))
    except UsageError:
        raise
    except FileNotFoundError:
        failures.append(f"no such file or folder: {shown!r}")
    except Exception as error:  # noqa: BLE001 - a store raises what it likes
        failures.append(f"cannot read {shown!r}: {reason(error, url)}")
    else:
        for path, entry, listed in entries:
            yield path, not listed, size(entry), Remote(url, str(entry["name"]))


def connect(url: str) -> tuple[Any, str]:
    """Return the file system of fsspec, and the path in it. Raises: UsageError."""
    scheme = url.partition("://")[0]
    if scheme not in SCHEMES:
        from lstmlint.model.suggestions import did_you_mean

        raise UsageError(
            f"cannot read {scheme}:// paths{did_you_mean(scheme, SCHEMES)}; known are {', '.join(SCHEMES)}"
        )
    if "::" in url:
        raise UsageError(f"cannot read {public(url)!r}: it chains several stores; name a file or folder of one")
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise UsageError(f"reading {scheme}:// paths needs fsspec: pip install 'lstmlint[remote]'") from None
    try:
        system, root = url_to_fs(url)
    except ImportError:
        raise UsageError(f"reading {scheme}:// paths needs a further package: pip install {SCHEMES[scheme]}") from None
    except Exception as error:  # noqa: BLE001 - a driver raises what it likes
        raise UsageError(f"cannot read {public(url)!r}: {reason(error, url)}") from None
    return system, str(root)


@contextmanager
def answering(shown: str, limits: InputLimits) -> Iterator[None]:
    """Raise UsageError if listing a folder takes longer than the limit of time."""
    try:
        with enforced(limits._replace(memory=8 * limits.memory)):  # of all entries, not of one file
            yield
    except ReadError:
        raise UsageError(
            f"listing {shown!r} takes longer than {plural(limits.seconds, 'second')}; name a smaller folder, or raise the limit"
            " 'seconds' in the settings (input-limits)"
        ) from None


def files(
    system: Any, url: str, root: str, excludes: Any, skipped: frozenset[str], failures: list[str]
) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Yield (path in reports, entry of the store, whether a listing told it), in a stable order."""
    shown = public(url)
    if not url.startswith("http") and any(character in root for character in "*?["):
        found = system.glob(root, detail=True)
        if not found:
            failures.append(f"no file matches {shown!r}")
        base = re.split(r"[*?\[]", root, maxsplit=1)[0].rpartition("/")[0]
        above = re.split(r"[*?\[]", shown, maxsplit=1)[0].rpartition("/")[0]
        for _, entry in sorted(found.items()):
            if entry.get("type") == "file" and (rest := inside(entry, base)):
                yield f"{above}/{rest}", entry, False
        return
    if not url.endswith("/"):
        entry = system.info(root)
        if entry.get("type") != "directory":
            yield shown, {**entry, "name": root}, False
            return
    yield from walk(system, shown.rstrip("/"), root, excludes, skipped, failures)


def walk(
    system: Any, shown: str, root: str, excludes: Any, skipped: frozenset[str], failures: list[str]
) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Yield the files in a folder and below. Raises: UsageError if there are too many."""
    wanted = suffixes()
    count = outside = 0
    folders = [(shown, root.rstrip("/"), 0)]
    while folders:
        path, folder, level = folders.pop()
        try:
            entries = system.ls(folder, detail=True)
        except Exception as error:  # noqa: BLE001 - a store raises what it likes
            failures.append(f"cannot read the folder {path!r}: {reason(error, shown)}")
            continue
        below = []
        listed: list[tuple[str, dict[str, Any]]] = []
        for entry in entries:
            count += 1
            if count > MOST_ENTRIES:
                raise UsageError(f"{shown!r} lists more than {MOST_ENTRIES:,} files; name a smaller folder")
            name = inside(entry, folder)
            if name is None:
                outside += 1
            elif name:  # '' is the folder itself, which some stores list
                listed.append((name, entry))
        for name, entry in sorted(listed, key=lambda pair: pair[0]):
            there = f"{path}/{name}"
            if name.startswith(".") or name in skipped or excludes(there):
                continue
            if entry.get("type") == "directory":
                below.append((there, str(entry["name"]).rstrip("/"), level + 1))
            elif Path(name).suffix.lower() in wanted:
                yield there, entry, True
        if level < MOST_LEVELS:
            folders += reversed(below)
    if outside:
        failures.append(f"{shown!r} lists {outside:,} names that are not in it, which are not read")


def inside(entry: Any, folder: str) -> str | None:
    """Return the name of an entry in a folder, with parts below it; None if it is not there."""
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(name, str):
        return None
    name = name.rstrip("/")
    if name == folder:
        return ""
    before = f"{folder}/" if folder else ""
    rest = name[len(before) :]
    return None if not name.startswith(before) or {"", ".", ".."} & set(rest.split("/")) else rest


def size(entry: dict[str, Any]) -> int:
    """Return the size of a file that a store tells; 0 if it tells none."""
    found = entry.get("size")
    return found if isinstance(found, int) and found > 0 else 0


@contextmanager
def fetched(remote: Remote, shown: str) -> Iterator[Path]:
    """Copy a file to this computer for a while.

    Raises: ReadError (E001) if it is too large, OSError if it cannot be read.
    """
    system, _ = connect(remote.url)
    suffix = re.sub(r"[^a-z0-9.]", "", Path(shown).suffix.lower())
    with TemporaryDirectory(prefix="lstmlint-") as folder:
        path = Path(folder) / f"model{suffix}"
        with path.open("wb") as copy:
            length = 0
            for piece in pieces(system, remote):
                length += len(piece)
                check_size(length, MOST_BYTES, "the remote file")
                copy.write(piece)
        yield path


def pieces(system: Any, remote: Remote) -> Iterator[bytes]:
    """Yield the content of a file. Raises: OSError."""
    try:
        with system.open(remote.name, "rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except Exception as error:  # noqa: BLE001 - a store raises what it likes
        raise OSError(reason(error, remote.url)) from None


def public(url: str) -> str:
    """Return a URL without what may be secret: the user, the password, and the query."""
    scheme, _, rest = url.partition("://")
    place, slash, path = rest.partition("/")
    if scheme in ("http", "https"):
        path = re.split("[?#]", path, maxsplit=1)[0]
    return f"{scheme}://{place.rpartition('@')[2]}{slash}{path}"


def reason(error: Exception, url: str) -> str:
    """Return why a store failed, on one line, without secrets."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    text = " ".join(str(error).split())[:1000]
    secrets = [value for name, value in os.environ.items() if _SECRET_NAME.search(name.upper()) and len(value) > 3]
    user = url.partition("://")[2].partition("/")[0].rpartition("@")[0]
    for secret in (user, user.partition(":")[2], url.partition("?")[2], *secrets):
        if secret:
            text = text.replace(secret, "***")
    text = _SECRET.sub(r"\1***", text)[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
