"""`lstmlint rule` and `lstmlint rules`: every rule, as text and as JSON."""

from __future__ import annotations

import pytest

from lstmlint import rules
from tests.commandline import Shell

TABLE = rules.load()


@pytest.mark.parametrize("asked", ["S102", "s102", "rnn-needs-sequences", "RNN-needs-sequences"])
def test_one_rule(shell: Shell, asked: str) -> None:
    done = shell("rule", asked)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("S102 rnn-needs-sequences\nerror, on by default\n\nA layer that expects sequences")
    for part in ("\n\nFix: ", '\n\nFails:\n    {"class_name"', '\n\nPasses:\n    {"class_name"'):
        assert part in done.out
    page = "https://lstmlint.github.io/lstmlint/rules/S102/"
    assert done.out.endswith(f"\n\nOnline: {page}\n")
    found = shell("rule", asked, "--format", "json").json
    assert (found["code"], found["name"], found["severity"], found["default"]) == (
        "S102",
        "rnn-needs-sequences",
        "error",
        True,
    )
    assert found["url"] == page
    assert shell("rule", asked, "-f", "markdown").out.startswith("### S102 rnn-needs-sequences\n")


def test_examples_of_the_json_are_the_rules_own(shell: Shell) -> None:
    found = shell("rule", "S102", "-f", "json").json
    assert "S102" in shell("-", "-f", "concise", stdin=found["fails"].encode()).out
    assert shell("-", "-q", stdin=found["passes"].encode()).out == ""
    assert shell("rule", "E099", "-f", "json").json["fails"] is None


def test_code_in_a_description_keeps_its_lines(shell: Shell) -> None:
    said = shell("rule", "Y102").out
    assert "\n    model.add(Flatten)  # fails\n    model.add(Flatten())  # passes\n\nFix:" in said
    assert "```" not in said


def test_options(shell: Shell) -> None:
    for form in ("text", "markdown"):
        said = shell("rule", "R216", "-f", form).out
        assert "[tool.lstmlint.rule-options.R216]" in said
        assert "params = 50_000  # the smallest number of parameters of the Dense" in said
    found = shell("rule", "R216", "-f", "json").json["options"]
    assert {name: (option["default"], option["most"]) for name, option in found.items()} == {
        "params": (50_000, None),
        "share": (0.5, 1),
    }
    assert shell("rule", "S102", "-f", "json").json["options"] == {}
    assert all(
        name.isalpha() and option.accepts(option.default)
        for rule in TABLE.values()
        for name, option in rule.options.items()
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rule", "S1O2"), "no rule has the code or name 'S1O2'; did you mean 'S102'?"),
        (("rule", "r20l"), "no rule has the code or name 'r20l'; did you mean 'R201'?"),
        (("rule", "S1O2x"), "no rule has the code or name 'S1O2x'; did you mean 'S102'?"),
        (("rule", "S199"), "no rule has the code or name 'S199'; did you mean 'S1"),
        (("rule", "S987"), "no rule has the code or name 'S987'; lstmlint rules lists them"),
        (("rule", "Z102"), "no rule has the code or name 'Z102'; lstmlint rules lists them"),
        (("rule", "R2"), "'R2' selects several rules; lstmlint rules lists them"),
        (("rule", "rnn-need-sequences"), "did you mean 'rnn-needs-sequences'?"),
        (("rule", "?"), "no rule has the code or name '?'; lstmlint rules lists them"),
        (("rule", "S102", "-f", "sarif"), "--format takes text, json, markdown, not 'sarif'"),
        (("rules", "-f", "jsn"), "--format takes text, json, markdown, not 'jsn'; did you mean 'json'?"),
    ],
)
def test_mistakes(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    done = shell(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1


def test_all_rules(shell: Shell) -> None:
    text = shell("rules").out
    lines = [line.split() for line in text.splitlines() if line.startswith("  ")]
    assert {line[0]: line[1:] for line in lines} == {
        code: [rule.name, rule.severity, "on" if rule.enabled else "off"] for code, rule in TABLE.items()
    }
    assert max(map(len, text.splitlines())) <= 80
    listed = shell("rules", "--format", "json").json["rules"]
    assert {entry["code"] for entry in listed} == set(TABLE)
    assert all(entry["summary"] and entry["fix"] for entry in listed)
    assert len(shell("rules", "-f", "markdown").out.splitlines()) == len(TABLE) + 2


def test_on_a_wide_terminal(shell: Shell) -> None:
    import sys

    shell.monkeypatch.setattr(type(sys.stdout), "isatty", lambda self: True, raising=False)
    shell.monkeypatch.setenv("COLUMNS", "130")
    text = shell("rules").out
    assert "The file can be read but does not contain a Keras model." in text
    assert 80 < max(map(len, text.splitlines())) <= 130
