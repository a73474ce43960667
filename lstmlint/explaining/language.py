"""The texts of explanations in the reader's language. English is the source; gettext catalogues translate it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lstmlint.model.findings import UsageError, first_names
from lstmlint.model.values import show

if TYPE_CHECKING:
    from gettext import NullTranslations

# Code -> name in the language itself.
LANGUAGES = {"en": "English", "es": "español", "ru": "русский", "zh": "中文"}
DOMAIN = "lstmlint"
MOST_BITS = 4_096  # of an int that is written in full

_catalog: ContextVar[NullTranslations | None] = ContextVar("catalog", default=None)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write explanations in a language. Raises: UsageError if there is no such language."""
    token = _catalog.set(catalog(language))
    try:
        yield
    finally:
        _catalog.reset(token)


@lru_cache(maxsize=len(LANGUAGES))
def catalog(language: str) -> NullTranslations | None:
    """Return the catalogue of a language; None for English."""
    if language not in LANGUAGES:
        raise UsageError(f"there are no explanations in {show(language)}; the languages are {', '.join(LANGUAGES)}")
    if language == "en":
        return None
    from gettext import translation
    from pathlib import Path

    return translation(DOMAIN, Path(__file__).parent / "locale", [language])


def marked(message: str) -> str:
    """Return a message of a table as it is, so that it gets into the catalogue. `text` translates it."""
    return message


def text(message: str, /, **values: Any) -> str:
    """Return a message in the current language, with its braces filled."""
    found = _catalog.get()
    return (message if found is None else found.gettext(message)).format(**shown(values))


def counted(one: str, many: str, number: int, /, **values: Any) -> str:
    """Return the form of a message that fits a number, with its braces filled."""
    found = _catalog.get()
    message = (one if number == 1 else many) if found is None else found.ngettext(one, many, number)
    return message.format(**shown(values))


def shown(values: dict[str, Any]) -> dict[str, Any]:
    """Return values in a form that can be written: Python refuses to write an int of many digits."""
    return {
        name: show(value) if isinstance(value, int) and value.bit_length() > MOST_BITS else value
        for name, value in values.items()
    }


def clauses(*parts: str) -> str:
    """Return parts of a sentence, with semicolons between them."""
    return text("; ").join(parts)


def sentence(*parts: str) -> str:
    """Return a sentence of several parts."""
    return clauses(*parts) + text(".")


def listed(names: Sequence[str]) -> str:
    """Return names as part of a sentence: gamma, beta and scale."""
    if len(names) < 2:
        return names[0] if names else text("nothing")
    return text("{first} and {last}", first=text(", ").join(names[:-1]), last=names[-1])


def shortened(names: Sequence[str]) -> str:
    """Return names as part of a sentence, the first ones and the number of the others."""
    shown, more = first_names(names)
    if more:
        shown.append(text("{number} more", number=f"{more:,}"))
    if len(shown) < 3:
        return listed(shown)
    return text("{first}, and {last}", first=text(", ").join(shown[:-1]), last=shown[-1])
