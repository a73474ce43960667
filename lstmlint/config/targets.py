"""Releases of Keras as users write them: 3.4, tf2.15, keras3, or ranges such as >=3.3,<3.10."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne

from lstmlint.model.findings import UsageError
from lstmlint.model.releases import ALL, KERAS2, KERAS3, RELEASES, TFJS, in_order, version
from lstmlint.model.suggestions import did_you_mean

Version = tuple[int, int]

# The word before a version -> the words of release names; the package keras of 2.4 to 2.15 is tf.keras.
PACKAGES = {
    "": "", "keras": "", "k": "", "v": "",
    "tf": "tf", "tensorflow": "tf", "tensorflow-cpu": "tf", "tf.keras": "tf",
    "tf_keras": "tf_keras", "tf-keras": "tf_keras", "tfkeras": "tf_keras",
}  # fmt: skip
# Words that stand for one release, the newest of its line.
WORDS = {
    "keras": KERAS3[-1], "keras3": KERAS3[-1], "3": KERAS3[-1],
    "keras2": KERAS2[-1], "2": KERAS2[-1], "tf_keras": KERAS2[-1], "tf-keras": KERAS2[-1], "tf_keras2": KERAS2[-1],
    "tf": "tf2.15", "tf2": "tf2.15", "tensorflow": "tf2.15", "tensorflow2": "tf2.15", "tf.keras": "tf2.15",
    TFJS: TFJS, "tensorflow.js": TFJS, "tensorflowjs": TFJS, "tf.js": TFJS,
}  # fmt: skip
COMPARISONS: dict[str, Callable[[Version, Version], bool]] = {
    ">=": ge, "<=": le, "==": eq, "!=": ne, ">": gt, "<": lt
}  # fmt: skip
_RELEASE = re.compile(
    r"([a-z._-]*?)[ _-]*v?([0-9]+)(?:\.([0-9]+|\*|x)(?:\.(?:[0-9]+|\*|x))*(?:[-.]?(?:a|b|rc|dev|post)[0-9]*)?)?"
)
_CONDITION = re.compile(r"([a-z._-]*)\s*(>=|<=|==|!=|~=|>|<)\s*(.+)")
LINES = f"{KERAS3[0]} to {KERAS3[-1]}, tf2.0 to tf2.15, tf_keras2.16 to {KERAS2[-1]}, 2.0 to 2.3"
NEWEST = "keras3, keras2 and tf for the newest of each"
KNOWN = f"{LINES}, {TFJS}, and {NEWEST}"


def parse_targets(text: str, option: str = "--target") -> tuple[str, ...]:
    """Return the releases that a text names, from oldest to newest.

    Names stand alone, or several with commas between them: "3.4,tf2.15". Conditions that follow each other all apply:
    ">=3.3,<3.10". A range names releases of one package: tf or tf_keras if it says so, otherwise keras.

    Args:
        text: What the user wrote.
        option: Where, for messages.

    Raises:
        UsageError: If the text names no release, or one that is not known; the message lists the known ones.
    """
    found: list[str] = []
    conditions: list[tuple[str, str, str]] = []
    for part in (*text.split(","), ""):
        word = part.strip().casefold()
        match = _CONDITION.fullmatch(word)
        if match is not None:
            conditions.append((match[1].strip(), match[2], match[3].strip()))
            continue
        if conditions:
            found += range_of(conditions, text, option)
            conditions = []
        if word:
            found += named(word, part.strip(), option)
    if not found:
        raise UsageError(f"{option} names no release of Keras; known are {KNOWN}")
    return in_order(found)


def parse_target(text: str, option: str = "--to") -> str:
    """Return the one release that a text names. Raises: UsageError, also if it names several."""
    found = parse_targets(text, option)
    if len(found) > 1:
        raise UsageError(f"{option} takes one release, but {text!r} names {len(found)}")
    return found[0]


def named(word: str, written: str, option: str) -> tuple[str, ...]:
    """Return the releases that a name means: one, or all of a line for 3.*. Raises: UsageError."""
    if word in WORDS:
        return (WORDS[word],)
    match = _RELEASE.fullmatch(word)
    if match is None or match[1] not in PACKAGES:
        raise unknown(word, written, option)
    if match[3] in ("*", "x"):
        line = [name for name in line_of_package(match[1]) if version(name)[0] == int(match[2])]
        if not line:
            raise unknown(word, written, option)
        return tuple(line)
    if match[3] is None:
        whole = WORDS.get(f"{PACKAGES[match[1]]}{match[2]}")
        if whole is None:
            raise unknown(word, written, option)
        return (whole,)
    wanted = int(match[2]), int(match[3])
    for release in line_of_package(match[1]):
        if version(release) == wanted:
            return (release,)
    raise unknown(word, written, option, match[1], wanted)


def range_of(conditions: list[tuple[str, str, str]], text: str, option: str) -> list[str]:
    """Return the releases for which all conditions hold. Raises: UsageError if there are none."""
    package = ""
    tests: list[Callable[[Version], bool]] = []
    for before, sign, after in conditions:
        match = _RELEASE.fullmatch(after)
        word = before or (match[1] if match else "")
        if match is None or word not in PACKAGES:
            raise unknown(f"{before}{after}", f"{before}{sign}{after}", option)
        package = word or package
        minor = 0 if match[3] in (None, "*", "x") else int(match[3])
        tests.append(condition(sign, (int(match[2]), minor), whole=match[3] in (None, "*", "x")))
    found = [release for release in line_of_package(package) if all(test(version(release)) for test in tests)]
    if not found:
        raise UsageError(f"{option}: no known release fits {text.strip()!r}; known are {KNOWN}")
    return found


def condition(sign: str, wanted: Version, whole: bool) -> Callable[[Version], bool]:
    """Return the test of a version. whole: whether the condition names a generation without a minor release, 3 or 3.*."""
    if sign == "~=":
        return lambda found: found >= wanted and found[0] == wanted[0]
    if whole and sign in ("==", "!="):
        return lambda found: (found[0] == wanted[0]) == (sign == "==")
    if whole and sign in (">", "<="):
        return lambda found: (found[0] > wanted[0]) == (sign == ">")
    return lambda found: COMPARISONS[sign](found, wanted)


def line_of_package(package: str) -> tuple[str, ...]:
    """Return the releases of a package, oldest first."""
    line = PACKAGES[package]
    if line == "tf_keras":
        return ("tf2.14", "tf2.15", *(release for release in RELEASES if release.startswith("tf_keras")))
    if line == "tf":
        return tuple(release for release in RELEASES if release.startswith("tf2."))
    return tuple(
        release
        for release in RELEASES
        if not release.startswith("tf") or (release.startswith("tf2.") and version(release) >= (2, 4))
    )


def unknown(word: str, written: str, option: str, package: str = "", wanted: Version | None = None) -> UsageError:
    """Return the error for a name that no release has."""
    line = PACKAGES.get(package, "")
    if wanted is not None and line == "tf" and wanted >= (2, 16):
        return UsageError(
            f"{option}: the tf.keras of TensorFlow {wanted[0]}.{wanted[1]} is Keras 3; name its release, {KERAS3[-1]} for"
            f" instance, or tf_keras{wanted[0]}.{wanted[1]} for the package tf_keras"
        )
    if wanted is not None and not line and wanted > version(KERAS3[-1]):
        return UsageError(
            f"{option}: Keras {wanted[0]}.{wanted[1]} is not known to this lstmlint, whose newest is {KERAS3[-1]};"
            f" known are {KNOWN}"
        )
    return UsageError(
        f"{option}: there is no release {written!r}{did_you_mean(word, (*ALL, *WORDS))}; known are {KNOWN}"
    )
