"""What each release of Keras can deserialize, and with which arguments.

    >>> arguments("layers", "Dense", "3.4")["units"]
    REQUIRED
    >>> since("layers", "Dense", argument="quantization_config")
    '3.13'

Releases are named `"3.0"` (Keras 3; the newest patch release stands for each minor release), `"tf2.15"` (tf.keras of that
TensorFlow), `"tf_keras2.16"` (the package tf_keras), `"2.3"` (Keras 2 before it moved into TensorFlow) and `"tfjs"`
(TensorFlow.js layers). `releases()` lists them.

Names are those that a config can hold, in the spelling of that release: classes (`"GlorotUniform"`), functions (`"relu"`),
and the identifiers that stand for them (`"glorot_uniform"`, `"mse"`). A Functional, Model or Sequential is of the kind
`"models"`; its arguments are the keys of its config, such as `layers`.

From tf2.10 on, tf.keras has two optimizers of each name. `"Adam"` is the new one, which a config with
`"is_legacy_optimizer": false` selects. `"legacy.Adam"` is the old one, which any other config selects.

The few arguments that a release accepts only together with another one are listed like all others.

TensorFlow.js ignores keys that it does not know (`extra` is true for all its classes), and its defaults are not recorded. Names
and keys are in snake case, as Keras writes them.

The facts are in `history.json`, which scripts/generate_history.py writes from the published packages. It is read when the
first question is asked.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from lstmlint.signatures.keras3 import REQUIRED

KINDS: Final = (
    "activations", "constraints", "dtype_policies", "initializers", "layers", "losses", "metrics", "models", "operations",
    "optimizers", "quantizers", "regularizers", "schedules", "others",
)  # fmt: skip

# history.json holds
#   releases: name -> the package and version that were read, oldest to newest in each line
#   names: kind -> name -> [[first release, signature, places]...], a row for each change; both are null where the name is gone
#   signatures: a list of {"args": {argument: default}, ...}; "!" is REQUIRED. The other keys are optional:
#       base: the arguments of this class of the same kind and release follow, except those that are listed in `without`
#       extra: any other argument is accepted; needed: the keys that `from_config` reads without a default
#   places: a list of lists of modules
_REQUIRED: Final = "!"


@cache
def _data() -> Any:
    """Return the contents of history.json."""
    return json.loads(Path(__file__).with_name("history.json").read_bytes())


@cache
def releases() -> tuple[str, ...]:
    """Return the names of all releases, oldest to newest within each line: Keras 2, tf.keras, tf_keras, Keras 3, tfjs."""
    return tuple(_data()["releases"])


def version(release: str) -> str:
    """Return the package and version that stand for a release, such as `"keras 3.4.1"`. Raises: KeyError if unknown."""
    found: str = _data()["releases"][release]
    return found


def line(release: str) -> str:
    """Return the line of a release: `"2"`, `"tf"`, `"tf_keras"`, `"3"` or `"tfjs"`."""
    for prefix, name in (("tfjs", "tfjs"), ("tf_keras", "tf_keras"), ("tf", "tf")):
        if release.startswith(prefix):
            return name
    return release.partition(".")[0]


@cache
def _positions() -> dict[str, int]:
    """Return the position of each release in `releases()`."""
    return {name: position for position, name in enumerate(releases())}


def _row(kind: str, name: str, release: str) -> tuple[int | None, int | None]:
    """Return the numbers of the signature and of the places, both None if the release does not have the name."""
    position = _positions()[release]
    found: tuple[int | None, int | None] = (None, None)
    for first, signature, places in _data()["names"].get(kind, {}).get(name, ()):
        if first > position:
            break
        found = signature, places
    return found


@cache
def arguments(kind: str, name: str, release: str) -> dict[str, Any] | None:
    """Return the arguments that a class takes from a config, with their defaults, in the order of its constructor.

    These are the keys that `cls.from_config(config)` of that release accepts: the parameters of the constructor and of its
    base classes, and the names that the constructor or `from_config` takes from the config itself, such as LSTM's
    `implementation`. For a function, they are its parameters. REQUIRED stands for a default that is missing. None stands
    for a default that is None, and for one that is computed or is an object of the framework.

    Returns None if the release has no such class or function. The result is shared: copy it before you change it.
    Raises: KeyError if the release is unknown.
    """
    number, _ = _row(kind, name, release)
    if number is None:
        return None
    signature = _data()["signatures"][number]
    found = {key: REQUIRED if default == _REQUIRED else default for key, default in signature["args"].items()}
    if "base" in signature:
        without = signature.get("without", ())
        for key, default in (arguments(kind, signature["base"], release) or {}).items():
            if key not in without:
                found.setdefault(key, default)
    return found


def extra(kind: str, name: str, release: str) -> bool:
    """Return whether a config may hold keys other than `arguments`, because nothing reads or refuses them.

    False if the release has no such class or function. Raises: KeyError if the release is unknown.
    """
    number, _ = _row(kind, name, release)
    return number is not None and bool(_data()["signatures"][number].get("extra"))


def needed(kind: str, name: str, release: str) -> frozenset[str]:
    """Return the keys without which a config cannot be loaded: arguments that are REQUIRED, and keys that `from_config`
    reads without a default, although the constructor has one (such as `offset` of Rescaling in Keras 3).

    Raises: KeyError if the release is unknown.
    """
    number, _ = _row(kind, name, release)
    if number is None:
        return frozenset()
    required = {key for key, default in (arguments(kind, name, release) or {}).items() if default is REQUIRED}
    return frozenset(required.union(_data()["signatures"][number].get("needed", ())))


def paths(kind: str, name: str, release: str) -> tuple[str, ...]:
    """Return the modules under which deserialization finds a name, public ones first.

    In Keras 3 a config names one of them as its `module`: `("keras.layers", "keras.src.layers.core.dense", "")`. The
    empty string stands for lookup by name alone: a string identifier such as `"mse"`, or a class of a file that records no
    modules. Empty if the release has no such name. Raises: KeyError if the release is unknown.
    """
    _, number = _row(kind, name, release)
    return () if number is None else tuple(_data()["places"][number])


def names(kind: str, release: str) -> tuple[str, ...]:
    """Return the names of a kind that a release knows, sorted."""
    return tuple(name for name in _data()["names"].get(kind, ()) if _row(kind, name, release)[0] is not None)


def kinds(name: str, release: str) -> tuple[str, ...]:
    """Return the kinds in which a release knows a name, such as `("layers", "operations")` for `"Add"`."""
    return tuple(kind for kind in KINDS if _row(kind, name, release)[0] is not None)


def _known(kind: str, name: str, argument: str | None, of_line: str) -> list[bool]:
    """Return, for each release of a line, whether it has the name (and the argument, if one is given)."""
    found = []
    for release in releases():
        if line(release) == of_line:
            accepted = arguments(kind, name, release)
            found.append(accepted is not None and (argument is None or argument in accepted))
    return found


def since(kind: str, name: str, *, argument: str | None = None, line_of: str = "3.0") -> str | None:
    """Return the first release that has a name, or an argument of it, in the line of the release `line_of`.

    Returns None if no release of that line has it.
    """
    of_line = line(line_of)
    found = _known(kind, name, argument, of_line)
    return [release for release in releases() if line(release) == of_line][found.index(True)] if any(found) else None


def until(kind: str, name: str, *, argument: str | None = None, line_of: str = "3.0") -> str | None:
    """Return the last release that has a name, or an argument of it, in the line of the release `line_of`.

    Returns None if the newest release still has it, or if no release ever had it.
    """
    of_line = line(line_of)
    found = _known(kind, name, argument, of_line)
    if not any(found) or found[-1]:
        return None
    last = len(found) - 1 - found[::-1].index(True)
    return [release for release in releases() if line(release) == of_line][last]
