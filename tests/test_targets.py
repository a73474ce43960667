"""Releases as users write them."""

from __future__ import annotations

import pytest

from lstmlint.config.targets import parse_target, parse_targets
from lstmlint.model.findings import UsageError
from lstmlint.model.releases import ALL, label, span

KERAS3 = tuple(f"3.{minor}" for minor in range(16))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *((release, (release,)) for release in ALL),
        ("keras3.4", ("3.4",)),
        ("Keras 3.4.1", ("3.4",)),
        ("v3.4", ("3.4",)),
        ("keras==3.4.1", ("3.4",)),
        ("keras2.12", ("tf2.12",)),  # the package keras 2.12 is tf.keras
        ("2.12.0", ("tf2.12",)),
        ("TensorFlow 2.15.1", ("tf2.15",)),
        ("tf-keras==2.15", ("tf2.15",)),
        ("keras3", ("3.15",)),
        ("keras2", ("tf_keras2.21",)),
        ("tf", ("tf2.15",)),
        ("TensorFlow.js", ("tfjs",)),
        ("3.*", KERAS3),
        (">=3", KERAS3),
        (">=3.3,<3.6", ("3.3", "3.4", "3.5")),
        ("keras >= 3.12, != 3.13", ("3.12", "3.14", "3.15")),
        ("~=3.14", ("3.14", "3.15")),
        ("tf>=2.14", ("tf2.14", "tf2.15")),
        (">=2.2,<2.6", ("2.2", "2.3", "tf2.4", "tf2.5")),
        (">=tf_keras2.20", ("tf_keras2.20", "tf_keras2.21")),
        (">=3.13,tfjs,tf2.15,3.13", ("tf2.15", "3.13", "3.14", "3.15", "tfjs")),
    ],
)
def test_targets(text: str, found: tuple[str, ...]) -> None:
    assert parse_targets(text) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no release"),
        ("kers3", "did you mean 'keras3'?"),
        ("tfsj", "did you mean 'tfjs'?"),
        ("4", "there is no release '4'"),
        (">=", "there is no release '>='"),
        ("3.44", "Keras 3.44 is not known to this lstmlint, whose newest is 3.15"),
        ("tf2.16", "the tf.keras of TensorFlow 2.16 is Keras 3"),
        (">3.20", "no known release fits '>3.20'"),
        (">=3.4,<3.4", "no known release fits"),
    ],
)
def test_mistakes(text: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_targets(text)
    assert message in str(error.value)
    assert "3.15" in str(error.value)


def test_one_target() -> None:
    assert parse_target("tf2.15") == "tf2.15"
    with pytest.raises(UsageError, match="takes one release"):
        parse_target(">=3.3")


def test_names_in_messages() -> None:
    assert label("tf2.15") == "tf.keras 2.15"
    assert span(["3.3"]) == "Keras 3.3"
    assert span(["3.9", "3.10", "tfjs", "tf2.15"]) == "tf.keras 2.15, Keras 3.9 and 3.10 and TensorFlow.js"
