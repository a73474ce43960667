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


def is_keras3(release: str) -> bool:
    """Check whether a release is one of Keras 3."""
    return release.startswith("3.")


def version(release: str) -> tuple[int, int]:
    """Return major and minor number of a release; (0, 0) for TensorFlow.js."""
    if release == TFJS:
        return 0, 0
    major, _, minor = release.lstrip("abcdefghijklmnopqrstuvwxyz_").partition(".")
    return int(major), int(minor)


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
    names = [label(run[0]) + (f" to {'.'.join(map(str, version(run[-1])))}" if len(run) > 1 else "") for run in runs]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
