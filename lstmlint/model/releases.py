"""Releases of Keras, as all parts of lstmlint name them.

    "2.0" to "2.3"                      Keras 2 with several backends
    "tf2.0" to "tf2.15"                 tf.keras of that TensorFlow, and the package keras from 2.6 on
    "tf_keras2.16" to "tf_keras2.21"    the package tf_keras, for TensorFlow 2.16 and later
    "3.0" to "3.15"                     Keras 3
    "tfjs"                              TensorFlow.js, in its newest release

A minor release stands for the newest of its patch releases.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

TFJS = "tfjs"
# From oldest to newest. TensorFlow.js has no place in this order.
RELEASES: tuple[str, ...] = (
    *(f"2.{minor}" for minor in range(4)),
    *(f"tf2.{minor}" for minor in range(16)),
    *(f"tf_keras2.{minor}" for minor in range(16, 22)),
    *(f"3.{minor}" for minor in range(16)),
)
KERAS3 = tuple(release for release in RELEASES if release.startswith("3."))
KERAS2 = tuple(release for release in RELEASES if not release.startswith("3."))
ALL = (*RELEASES, TFJS)
# How messages call each line of releases.
LINES = {"tf_keras": "tf_keras", "tf": "tf.keras", "": "Keras"}


def known() -> str:
    """Return the releases that lstmlint knows: "Keras 0, 1, 2.0-2.3, 3.0-3.15; tf.keras 2.0-2.15; ..."."""
    spans: dict[str, list[str]] = {"": ["0", "1"]}  # of Keras 0 and 1, single releases are not told apart
    for line, major in dict.fromkeys((prefix(release), version(release)[0]) for release in RELEASES):
        minors = [
            version(release)[1] for release in RELEASES if (prefix(release), version(release)[0]) == (line, major)
        ]
        spans.setdefault(line, []).append(f"{major}.{min(minors)}-{major}.{max(minors)}")
    return "; ".join(f"{LINES[line]} {', '.join(found)}" for line, found in spans.items())


def prefix(release: str) -> str:
    """Return the letters before the numbers of a release."""
    return release.rstrip("0123456789.")


def is_keras3(release: str) -> bool:
    """Check whether a release is one of Keras 3."""
    return release.startswith("3.")


def is_before(release: str, first: tuple[int, int]) -> bool:
    """Check whether a release is one of Keras 3 before another one."""
    return is_keras3(release) and version(release) < first


def version(release: str) -> tuple[int, int]:
    """Return major and minor number of a release; (0, 0) for TensorFlow.js."""
    if release == TFJS:
        return 0, 0
    major, _, minor = release.lstrip("abcdefghijklmnopqrstuvwxyz_").partition(".")
    return int(major), int(minor)


def release_of(text: str | None) -> str | None:
    """Return the release that a `keras_version` in a file names, such as 3.13.2 or 2.2.4-tf; None if it is not known."""
    numbers = [
        int(part) if part.isdecimal() and part.isascii() else -1 for part in (text or "").split("-")[0].split(".")
    ]
    if len(numbers) < 2 or min(numbers[:2]) < 0 or max(numbers[:2]) > 999:
        return None
    major, minor = numbers[:2]
    names = (f"{major}.{minor}", f"tf{major}.{minor}", f"tf_keras{major}.{minor}")
    if "-tf" in (text or "") or (major, minor) == (2, 4):  # before 2.5, tf.keras had numbers of its own
        return {(2, 2): "tf2.1", (2, 3): "tf2.2", (2, 4): "tf2.4"}.get((major, minor))
    return next((name for name in names if name in RELEASES), None)


def is_newer(text: str | None) -> bool:
    """Check whether a `keras_version` in a file is later than all known releases."""
    numbers = (text or "").split(".")[:2]
    if len(numbers) < 2 or not all(part.isdecimal() and part.isascii() and len(part) < 4 for part in numbers):
        return False
    return (int(numbers[0]), int(numbers[1])) > version(KERAS3[-1])


def line_of(release: str) -> str:
    """Return the line of a release: tf_keras, tf or "" for the package keras, or tfjs."""
    return TFJS if release == TFJS else release.rstrip("0123456789.")


def label(release: str) -> str:
    """Return how messages name a release: Keras 3.4, tf.keras 2.15, tf_keras 2.21, TensorFlow.js."""
    if release == TFJS:
        return "TensorFlow.js"
    major, minor = version(release)
    return f"{LINES[line_of(release)]} {major}.{minor}"


def in_order(releases: Iterable[str]) -> tuple[str, ...]:
    """Return known releases from oldest to newest, each once, TensorFlow.js last."""
    chosen = set(releases)
    return tuple(release for release in ALL if release in chosen)


def span(releases: Sequence[str]) -> str:
    """Return how messages name several releases in order: Keras 3.0 to 3.3, and Keras 3.5."""
    runs: list[list[str]] = []
    for release in in_order(releases):
        run = runs[-1] if runs else []
        follows = run and line_of(run[-1]) == line_of(release) and ALL.index(release) == ALL.index(run[-1]) + 1
        if follows and version(run[-1])[0] == version(release)[0]:
            run.append(release)
        else:
            runs.append([release])
    names = []
    for run in runs:
        joint = " and " if len(run) == 2 else " to "
        names.append(label(run[0]) + (joint + ".".join(map(str, version(run[-1]))) if len(run) > 1 else ""))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
