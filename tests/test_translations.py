"""The explanations in other languages: catalogues that are whole, and the same numbers as in English."""

import json
import re
from gettext import NullTranslations
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.explaining.language import catalog
from scripts.translations import problems
from tests.commandline import Shell

EXAMPLES = Path(__file__).parent.parent / "examples"
LANGUAGES = ("es", "ru", "zh")
ENGLISH = re.compile(r"\b(the|is|are|this|every|each|in|of|counted|forgotten|never|without|because)\b", re.IGNORECASE)
# A noun that does not fit the number 1.
PLURAL_OF_ONE = re.compile(
    r"(?<![·,\d]) 1 (features|numbers|channels|parameters|características|números|canales|чисел|числа)\b"
)
LAYERS: list[tuple[str, Any]] = [
    ("LSTM(10)", (13, 1)),
    ("LSTM(10, return_sequences=True)", (1, 3)),
    ("LSTM(10)", (None, 1)),
    ("GRU(5, reset_after=False)", (4, 3)),
    ("SimpleRNN(5, use_bias=False)", (4, 3)),
    ("ConvLSTM2D(8, 3)", (4, 32, 32, 3)),
    ("Bidirectional(LSTM(10), merge_mode='sum')", (13, 4)),
    ("TimeDistributed(Dense(2))", (7, 3)),
    ("TimeDistributed(Sequential([Dense(2)]))", (1, 3)),
    ("RNN([LSTMCell(3), LSTMCell(4)])", (7, 3)),
    ("Dense(3)", (4,)),
    ("Dense(3, use_bias=False)", (4, 5, 6)),
    ("Embedding(1000, 16)", (13,)),
    ("Conv1D(4, 3)", (10, 2)),
    ("Conv2D(4, 3, groups=2)", (10, 10, 2)),
    ("DepthwiseConv2D(3)", (10, 10, 2)),
    ("SeparableConv2D(4, 3)", (10, 10, 2)),
    ("BatchNormalization()", (5, 3)),
    ("BatchNormalization(scale=False)", (5, 1)),
    ("LayerNormalization()", (5, 3)),
    ("MultiHeadAttention(2, 8)", [(5, 16), (5, 16)]),
    ("GroupQueryAttention(8, 4, 2)", [(5, 16), (5, 16)]),
    ("SpectralNormalization(Dense(3))", (4,)),
    ("EinsumDense('abc,cd->abd', output_shape=(None, 5), bias_axes='d')", (3, 4)),
    ("PReLU(shared_axes=[1])", (5, 3)),
    ("ReversibleEmbedding(10, 4)", (7,)),
    ("Dropout(0.5)", (4,)),
]


class Missing(NullTranslations):
    """What is asked when a catalogue lacks a message."""

    def gettext(self, message: str) -> str:
        raise AssertionError(f"not in the catalogue: {message!r}")

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one)


@pytest.fixture(autouse=True)
def _no_message_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for language in LANGUAGES:
        monkeypatch.setattr(catalog(language), "_fallback", Missing())


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogs_are_whole(language: str) -> None:
    assert problems(language) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("layer", "shape"), LAYERS)
def test_the_same_numbers_in_every_language(layer: str, shape: Any, language: str) -> None:
    for expect in (7, *sums(layer, shape)):
        english = lstmlint.count(layer, shape, expect=expect)
        other = lstmlint.count(layer, shape, expect=expect, language=language)
        assert skeleton(english.to_dict()) == skeleton(other.to_dict())
        shown = lstmlint.explaining.render(other)
        assert not ENGLISH.search(shown), shown
        assert not PLURAL_OF_ONE.search(" ".join(shown.split())), shown
        assert not PLURAL_OF_ONE.search(" ".join(lstmlint.explaining.render(english).split()))
        assert max(map(len, shown.splitlines())) <= 100


def sums(layer: str, shape: Any) -> list[int]:
    """Return the counts that the mistakes of a layer give."""
    from lstmlint.explaining.layer_explanations import leaves

    found = set()
    for leaf in leaves(lstmlint.count(layer, shape)):
        if leaf.recipe is not None:
            found |= {m.change(leaf.recipe).value for m in leaf.recipe.mistakes(leaf.facts)}
    return sorted(value for value in found if value is not None)


def skeleton(data: Any) -> Any:
    """Return the data without its sentences."""
    if isinstance(data, dict):
        dropped = {"sentence", "notes", "title", "text", "arithmetic", "what", "hints", "unknown_because", "right"}
        return {key: skeleton(value) for key, value in data.items() if key not in dropped}
    return [skeleton(value) for value in data] if isinstance(data, list) else data


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("explain", f"{EXAMPLES}/why_480.yaml", "lstm", "--lang", "es"), "480 parámetros"),
        (("explain", f"{EXAMPLES}/why_480.yaml", "--expect", "120", "--lang", "ru"), "Число 120 дают такие ошибки"),
        (("count", "LSTM(10)", "--input", "13,1", "--lang", "zh"), "480 个参数"),
        (("explain", f"{EXAMPLES}/seq2seq.json", "--lang", "es"), "total: "),
        (("explain", f"{EXAMPLES}/needs_sequences.json", "--lang", "ru"), "Неизвестно: "),
    ],
)
def test_command_line(shell: Shell, arguments: tuple[str, ...], expected: str) -> None:
    assert expected in shell(*arguments).out


def test_unknown_language(shell: Shell) -> None:
    found = shell("count", "LSTM(10)", "--input", "13,1", "--lang", "xx")
    assert found.code == 2
    assert "--lang" in found.err
    with pytest.raises(lstmlint.UsageError, match="languages are en, es, ru, zh"):
        lstmlint.count("LSTM(10)", (13, 1), language="xx")


def test_json_is_translated_too(shell: Shell) -> None:
    found = json.loads(shell("count", "Dense(3)", "--input", "4", "--lang", "es", "-f", "json").out)
    assert found["layers"][0]["sentence"].startswith("units (3) es el ancho")
