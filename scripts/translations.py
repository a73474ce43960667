"""Bring the catalogues of the translated explanations up to date, and compile them.

    python scripts/translations.py            update lstmlint.po of every language, and write lstmlint.mo
    python scripts/translations.py --check    fail if a message is not translated, or a .mo file is not up to date

It collects the messages that the modules of lstmlint.explaining pass to `text`, `counted` and `marked`, and the texts of
the table of mistakes. A message that is new is added without a translation; one that is gone is removed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

from lstmlint.explaining.language import DOMAIN, LANGUAGES
from lstmlint.explaining.mistakes import TABLE

EXPLAINING = Path(__file__).parent.parent / "lstmlint" / "explaining"
# The number of leading arguments that are messages.
FUNCTIONS = {"text": 1, "marked": 1, "_constant": 1, "counted": 2}
PLURALS = {
    "es": "nplurals=2; plural=(n != 1);",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "zh": "nplurals=1; plural=0;",
}
# Grammar may need the plain name of a class where English has an article: "A GRU has 3 gates."
ALSO = {"kind": "class_name", "other": "other_class"}
FIELD = re.compile(r"{(\w+)}")


def messages() -> Iterator[tuple[str, str | None]]:
    """Yield every message, with its plural form if it has one."""
    for row in TABLE.values():
        yield row.title, None
        yield row.text, None
    for path in sorted(EXPLAINING.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
                arguments = node.args[: FUNCTIONS[node.func.id]]
                found = [list(constants(argument)) for argument in arguments]
                if len(found) == 2:
                    yield found[0][0], found[1][0]
                else:
                    yield from ((message, None) for message in found[0])


def constants(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument can be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


def catalog_path(language: str) -> Path:
    """Return the path of a catalogue's source."""
    return EXPLAINING / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def updated(language: str) -> polib.POFile:
    """Return the catalogue of a language with exactly the messages of the source, in their order."""
    path = catalog_path(language)
    old = polib.pofile(str(path), wrapwidth=110) if path.exists() else polib.POFile()
    known = {entry.msgid: entry for entry in old}
    new = polib.POFile(wrapwidth=110)
    new.metadata = {
        "Project-Id-Version": "lstmlint",
        "Language": language,
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    for message, plural in dict.fromkeys(messages()):
        entry = known.get(message)
        if entry is None or (entry.msgid_plural or None) != plural:
            entry = polib.POEntry(msgid=message, msgid_plural=plural or "")
        new.append(entry)
    return new


def problems(language: str) -> list[str]:
    """Return what is wrong with a catalogue: missing translations, unknown fields, a .mo file that is not up to date."""
    catalog = updated(language)
    path = catalog_path(language)
    found = []
    stored = polib.pofile(str(path)) if path.exists() else polib.POFile()
    if {(entry.msgid, entry.msgid_plural) for entry in stored} != {(e.msgid, e.msgid_plural) for e in catalog}:
        found.append(f"{path.name} of {language} is not up to date")
    for entry in catalog:
        forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        wanted = int(PLURALS[language][len("nplurals=")]) if entry.msgid_plural else 1
        if len(forms) != wanted or not all(forms):
            found.append(f"{language}: not translated: {entry.msgid!r}")
            continue
        allowed = set(FIELD.findall(entry.msgid + entry.msgid_plural))
        allowed |= {ALSO[name] for name in allowed if name in ALSO}
        for form in forms:
            used = set(FIELD.findall(form))
            missing = {n for n in FIELD.findall(entry.msgid) if n not in used and ALSO.get(n) not in used}
            if used - allowed or missing:
                found.append(f"{language}: other fields than in {entry.msgid!r}: {form!r}")
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != catalog.to_binary():
        found.append(f"{compiled.name} of {language} is not up to date")
    return found


def main() -> int:
    """Update or check all catalogues."""
    languages = [language for language in LANGUAGES if language != "en"]
    if "--check" in sys.argv:
        found = [problem for language in languages for problem in problems(language)]
        print("\n".join(found))
        return bool(found)
    for language in languages:
        catalog = updated(language)
        path = catalog_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog.save(str(path))
        catalog.save_as_mofile(str(path.with_suffix(".mo")))
        print(f"{language}: {len(catalog)} messages, {len(catalog.untranslated_entries())} not translated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
