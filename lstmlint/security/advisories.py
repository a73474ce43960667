"""Known vulnerabilities of Keras that a model file can use, and the releases that have them."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.model.releases import KERAS2, KERAS3, RELEASES, span


@dataclass(frozen=True, slots=True)
class Advisory:
    """One vulnerability.

    id: of the CVE or the advisory. what: what these releases do. releases: those whose newest patch release, or an earlier
    patch release of the same line, is affected. note: which patch releases, if not all of them.
    """

    id: str
    what: str
    releases: tuple[str, ...]
    note: str


def _keras3(last: int, first: int = 0) -> tuple[str, ...]:
    return tuple(release for release in KERAS3 if first <= int(release.partition(".")[2]) <= last)


_LEGACY = KERAS2[: KERAS2.index("tf2.13")]

LAMBDA = Advisory("CVE-2024-3660", "run it on loading, without asking", _LEGACY, "before Keras 2.13")
LAMBDA_HDF5 = Advisory("CVE-2025-9905", "run it from HDF5 in spite of safe_mode", _keras3(11), "before 3.11.3")
LAMBDA_UNSAFE = Advisory("CVE-2026-12481", "run it in clone_model and from_config", _keras3(13), "before 3.14")
MODULES = Advisory("CVE-2025-1550", "import the module and call what it names", _keras3(8), "before 3.9")
GADGETS = Advisory("CVE-2025-8747", "call it on loading", _keras3(10), "before 3.11")
UNSAFE_MODE = Advisory("CVE-2025-9906", "switch safe_mode off on loading", _keras3(10), "before 3.11")
SAVED_MODEL = Advisory("CVE-2026-1462", "load the SavedModel in spite of safe_mode", _keras3(13), "before 3.13.2")
TORCH = Advisory("CVE-2025-49655", "unpickles it in spite of safe_mode", _keras3(11, 11), "3.11.0 to 3.11.2")
VOCABULARY = Advisory("CVE-2025-12058", "open it on loading", _keras3(11), "to 3.11.3")
NAMES = Advisory("CVE-2026-12479", "use it as a path when they store a layer", _keras3(13), "before 3.14")
YAML = Advisory("CVE-2021-37678", "run it in model_from_yaml", KERAS2[: KERAS2.index("tf2.6")], "before TensorFlow 2.6")
SHAPES = Advisory("CVE-2026-0897", "allocate what the file states", _keras3(13), "before 3.12.1 and 3.13.2")
EXTERNAL = Advisory("CVE-2026-1669", "read another file of the machine", _keras3(13), "before 3.13.2")
MEMBERS = Advisory("GHSA-hqp4-2352-xf5r", "write outside the folder that they unpack to", _keras3(13), "before 3.14")

EVERY = tuple(value for value in list(globals().values()) if isinstance(value, Advisory))


def affected(advisories: tuple[Advisory, ...], targets: tuple[str, ...]) -> tuple[str, bool]:
    """Return a sentence on which releases are affected, and whether any target may be.

    Releases that no advisory names are not known to be safe, so without advisories every target may be affected.
    """
    sentences = [
        f"{one.id}: {span(one.releases)} {one.what} ({one.note})"
        for one in advisories
        if not targets or not set(targets).isdisjoint(one.releases)
    ]
    if sentences or not advisories:
        return "; ".join(sentences), True
    others = [target for target in targets if target in RELEASES]
    return (
        f"no advisory known here names {span(others) or 'TensorFlow.js'} ({', '.join(a.id for a in advisories)})",
        False,
    )
