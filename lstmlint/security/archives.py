"""Members of a zip archive that have no place in a .keras file, or that point outside it when it is unpacked."""

from __future__ import annotations

import re
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator

from lstmlint.model.findings import Problem, Severity, listing
from lstmlint.model.values import show
from lstmlint.reading.survey import bloated
from lstmlint.security import advisories
from lstmlint.security.advisories import Advisory, affected

_DRIVE = re.compile(r"[A-Za-z]:")
_RUNNABLE = re.compile(
    r"\.(py|pyc|pyo|pyd|pkl|pickle|pt|pth|dill|joblib|so|dll|dylib|exe|com|bat|cmd|ps1|sh|bash|js|jar|vbs|lnk|desktop)$",
    re.I,
)
_SHOWN = 5


def check(members: list[zipfile.ZipInfo], targets: tuple[str, ...]) -> Iterator[Problem]:
    """Yield one problem per kind of unusual member."""
    found: dict[str, list[str]] = {}
    for info in members:
        for kind in _kinds(info):
            found.setdefault(kind, []).append(show(info.orig_filename, 80))
    counts = Counter(info.filename for info in members)
    twice = [show(name, 80) for name, count in counts.items() if count > 1]
    if twice:
        found["occur more than once; Keras reads the last one, other programs the first"] = twice
    for kind, names in found.items():
        path = kind in (_OUTSIDE, _LINK)
        known: tuple[Advisory, ...] = (advisories.MEMBERS,) if path else ()
        severity: Severity | None = "error" if path else None
        sentence, concerned = affected(known, targets)
        yield Problem(
            "X810",
            f"members of the archive {kind}: {listing(names, _SHOWN)}{f' ({sentence})' if sentence else ''}",
            "Do not unpack the file, and save the model again from a source that you trust.",
            severity=severity if concerned else "info",
        )


_OUTSIDE = "point outside the folder that they are unpacked to"
_LINK = "are links"
_ENCRYPTED = "are encrypted, so that nothing can examine them"
_BLOATED = "unpack to more than a hundred times their size"
_CODE = "are programs, libraries, or pickles, which no model needs"


def _kinds(info: zipfile.ZipInfo) -> Iterator[str]:
    name = info.orig_filename.replace("\\", "/")
    if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/") or "\0" in name:
        yield _OUTSIDE
    if stat.S_ISLNK(info.external_attr >> 16):
        yield _LINK
    if info.flag_bits & 1:
        yield _ENCRYPTED
    if bloated(info.file_size, info.compress_size):
        yield _BLOATED
    if _RUNNABLE.search(name.rstrip("\0 .")):
        yield _CODE
