"""Every rule: its failing example has this one finding, its passing example has none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lstmlint import Options, analyze, rules
from lstmlint.rules.documentation import document
from lstmlint.rules.registry import Rule
from scripts import generate_docs

RULES = list(rules.load().values())
WITH_EXAMPLES = [rule for rule in RULES if document(rule).fails]
# Rules whose findings depend on how a file is written or run, not on the config.
WITHOUT_EXAMPLES = {
    "E001",
    "E002",
    "E009",
    "E010",
    "E012",
    "E013",
    "Y101",
    "Y102",
    "Y103",
    "G717",
    "P612",
    "S140",
    "E099",
    "S139",
    "C501",
    "C502",
    "C503",
    "C504",
    "C506",
    "C507",
    "C511",
    "G715",
    "P621",
    "P622",
    "P623",
    "P624",
    "P625",
    "P627",
    "X802",
    "X803",
    "X804",
    "X805",
    "X806",
    "X807",
    "X809",
    "X810",
    "X811",
    "X812",
    "X816",
    "X817",
}
ROOT = Path(__file__).parent.parent
BROKEN = ROOT / "examples" / "broken"
BROKEN_FILES = sorted(path for path in BROKEN.iterdir() if path.suffix != ".md")


@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=lambda rule: rule.code)
def test_examples(rule: Rule) -> None:
    text = document(rule)
    options = Options(extend_select=(rule.code,))
    failing = analyze(text.fails.encode(), options).findings
    assert [finding.code for finding in failing] == [rule.code], failing
    assert failing[0].help
    assert failing[0].line >= 1
    assert analyze(text.passes.encode(), options).findings == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_documentation(rule: Rule) -> None:
    text = document(rule)
    assert text.summary
    assert text.fix
    assert bool(text.fails) == bool(text.passes)
    assert text.fails or rule.code in WITHOUT_EXAMPLES


# Packages that use codes of others: they filter, fix, or compare findings.
USERS = {"config", "rules", "filtering", "fixing", "converting", "explaining", "comparing", "compatibility", "server"}


def test_who_raises_a_code() -> None:
    packages: dict[str, set[str]] = {}
    for path in (ROOT / "lstmlint").rglob("*.py"):
        package = path.relative_to(ROOT / "lstmlint").with_suffix("").parts[0]
        for code in re.findall(r'"([A-Z][0-9]{3})"', path.read_text("utf-8")):
            packages.setdefault(code, set()).add(package)
    for rule in RULES:
        if rule.check is None and rule.refine is None:
            raised_by = set(rule.raised_by)
            assert raised_by, rule.code
            assert packages[rule.code] - USERS <= raised_by <= packages[rule.code], rule.code


def test_docs_are_current() -> None:
    assert (ROOT / "docs" / "rules.md").read_text() == generate_docs.rules_page()
    assert (BROKEN / "README.md").read_text() == generate_docs.broken_page()
    assert {path.name: path.read_text() for path in BROKEN_FILES} == generate_docs.broken_examples()


@pytest.mark.parametrize("path", BROKEN_FILES, ids=lambda path: path.name)
def test_broken_examples(path: Path) -> None:
    assert [finding.code for finding in analyze(path).findings] == [path.name.partition("_")[0]]
