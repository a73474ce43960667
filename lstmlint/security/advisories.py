"""Known vulnerabilities of Keras that a model file can use, and the releases that have them."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.model.releases import KERAS2, KERAS3, RELEASES, span


@dataclass(frozen=True, slots=True)
class Advisory:
    """One vulnerability.

    id: of the CVE or the advisory. releases: those of which any patch release is affected. versions: the affected versions.
    """

    id: str
    releases: tuple[str, ...]
    versions: str


def _keras3(last: int, first: int = 0) -> tuple[str, ...]:
    return tuple(release for release in KERAS3 if first <= int(release.partition(".")[2]) <= last)


_LATE = KERAS2[KERAS2.index("tf2.15") :]  # which read objects as Keras 3 does
_LEGACY = KERAS2[: KERAS2.index("tf2.13")]

LAMBDA = Advisory("CVE-2024-3660", _LEGACY, "Keras before 2.13")
LAMBDA_HDF5 = Advisory("CVE-2025-9905", _keras3(11), "Keras 3 before 3.11.3")
LAMBDA_UNSAFE = Advisory("CVE-2026-12481", _keras3(13), "Keras 3 before 3.14")
MODULES = Advisory("CVE-2025-1550", (*_LATE, *_keras3(8)), "Keras 2.15, tf_keras, and Keras 3 before 3.9")
GADGETS = Advisory("CVE-2025-8747", (*_LATE, *_keras3(10)), "Keras 2.15, tf_keras, and Keras 3 before 3.11")
UNSAFE_MODE = Advisory("CVE-2025-9906", _keras3(10), "Keras 3 before 3.11")
SAVED_MODEL = Advisory("CVE-2026-1462", _keras3(13), "Keras 3 before 3.13.2")
TORCH = Advisory("CVE-2025-49655", _keras3(11, 11), "Keras 3.11.0 to 3.11.2")
VOCABULARY = Advisory("CVE-2025-12058", (*_LATE, *_keras3(11)), "Keras 2.15, tf_keras, and Keras 3 up to 3.11.3")
NAMES = Advisory("CVE-2026-12479", _keras3(13), "Keras 3 before 3.14")
YAML = Advisory("CVE-2021-37678", KERAS2[: KERAS2.index("tf2.6")], "TensorFlow before 2.6")
SHAPES = Advisory("CVE-2026-0897", _keras3(13), "Keras 3 before 3.12.1 and 3.13.2")
EXTERNAL = Advisory("CVE-2026-1669", (*KERAS2, *_keras3(13)), "Keras 2, and Keras 3 before 3.13.2")
MEMBERS = Advisory("GHSA-hqp4-2352-xf5r", _keras3(13), "Keras 3 before 3.14")

EVERY = tuple(value for value in list(globals().values()) if isinstance(value, Advisory))


def affected(advisories: tuple[Advisory, ...], targets: tuple[str, ...]) -> tuple[str, bool]:
    """Return a phrase on which versions are affected, and whether any target may be.

    Releases that no advisory names are not known to be safe, so without advisories every target may be affected.
    """
    sentences = [
        f"{one.id}, {one.versions}" for one in advisories if not targets or not set(targets).isdisjoint(one.releases)
    ]
    if sentences or not advisories:
        return "; ".join(sentences), True
    others = [target for target in targets if target in RELEASES]
    return (
        f"{', '.join(one.id for one in advisories)}, not known to affect {span(others) or 'TensorFlow.js'}",
        False,
    )
