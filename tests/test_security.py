"""Group X: harmless files of the shapes that attacks have, and the rules that report them. Benign files have none."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lstmlint import Options, analyze
from lstmlint.reading import looks_like_model
from lstmlint.security.advisories import EVERY
from tests.commandline import Shell
from tests.security_probes import (
    BENIGN,
    CONFIG,
    FILES,
    IN_LAMBDA,
    LAMBDAS,
    OLD,
    PROBES,
    TEXTS,
    archive,
    dense,
    hdf5,
    k3,
    model,
)  # fmt: skip


def found(content: Any, **options: Any) -> dict[str, str]:
    """Return the codes and severities of group X."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return {one.code: one.severity for one in analyze(raw, Options(**options)).findings if one.code[0] == "X"}


@pytest.mark.parametrize("name", PROBES)
def test_probes(name: str) -> None:
    content, code, severity = PROBES[name]
    assert found(content).get(code) == severity
    finding = next(
        one for one in analyze(json.dumps(content).encode(), Options(select=("X",))).findings if one.code == code
    )
    assert finding.help
    assert finding.pointer or content.get("module") == "os"


@pytest.mark.parametrize("name", TEXTS)
def test_texts(name: str) -> None:
    text, code = TEXTS[name]
    assert code in found(text.encode())


@pytest.mark.parametrize("name", BENIGN)
def test_benign(name: str) -> None:
    assert found(BENIGN[name]) == {}


def test_odd_classes_in_yaml() -> None:
    assert found(b"class_name: Sequential\nconfig: {layers: [{class_name: [Lambda], config: {}}]}\n") == {}


def test_damaged_archive_before_hdf5() -> None:
    assert found(b"PK\x03\x04".ljust(512, b"\0") + hdf5(OLD)) == {"X817": "warning"}


def test_size_and_digest() -> None:
    (finding,) = analyze(json.dumps(model(IN_LAMBDA)).encode(), Options(select=("X",))).findings
    assert ": 14 bytes, base64, SHA-256 6fb017e7" in finding.message
    assert finding.pointer == "/config/layers/1/config/function"


@pytest.mark.parametrize(
    ("targets", "severity", "says"),
    [
        ((), "error", "(CVE-2025-1550, Keras 2.15, tf_keras, and Keras 3 before 3.9)"),
        (("3.5",), "error", "CVE-2025-1550"),
        (("3.15", "tfjs"), "info", "(CVE-2025-1550, not known to affect Keras 3.15)"),
    ],
)
def test_targets(targets: tuple[str, ...], severity: str, says: str) -> None:
    report = analyze(json.dumps(PROBES["os as layer"][0]).encode(), Options(select=("X",), targets=targets))
    (finding,) = report.findings
    assert finding.severity == severity
    assert says in finding.message


def test_allowed_modules() -> None:
    own = PROBES["own package"][0]
    assert found(own, allow_modules=("mine",)) == {}
    assert found(own, allow_modules=("mine.layers",)) == {}
    assert found(own, allow_modules=("min", "mine.layers.more")) == {"X802": "warning"}
    assert found(PROBES["os as layer"][0], allow_modules=("mine",)) == {"X802": "error"}


def test_each_class_once_and_a_limit() -> None:
    many = analyze(
        json.dumps(model(*[k3("Mine", {"name": f"a{i}"}, "mine") for i in range(3)])).encode(), Options(select=("X",))
    )
    assert len(many.findings) == 1
    lambdas = [dense(name=f"../{i}") for i in range(1100)]
    report = analyze(json.dumps(model(*lambdas)).encode(), Options(select=("X808",)))
    assert sum(len(finding.each) for finding in report.findings) == 1000


def test_advisories() -> None:
    assert len({one.id for one in EVERY}) == len(EVERY)
    assert all(one.releases and one.versions for one in EVERY)


@pytest.mark.parametrize("name", FILES)
def test_files(name: str, tmp_path: Path) -> None:
    file, content, expected = FILES[name]
    (tmp_path / file).write_bytes(content)
    report = analyze(tmp_path / file, Options(select=("X",)))
    assert sorted({f"{one.code} {one.severity}" for one in report.findings if one.code[0] == "X"}) == expected
    assert looks_like_model(tmp_path / file)


def test_bytes_without_a_name() -> None:
    assert found(b"text before" + archive([LAMBDAS])) == {"X801": "warning", "X817": "warning"}
    assert found(hdf5(OLD) + archive([CONFIG])) == {"X817": "warning"}
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as target:  # weights that lie where HDF5 might begin
        target.writestr("x", bytes(512 - 31 - 30 - len("model.weights.h5")))
        target.writestr("model.weights.h5", hdf5(OLD))
        target.writestr(*CONFIG)
    assert stored.getvalue()[512:516] == b"\x89HDF"
    assert found(stored.getvalue()) == {}


# What may leave findings out ------------------------------------------------------------------------------

HOSTILE = [
    'ignore = ["X", "E099"]', 'select = ["S"]', 'fail-on = "never"', 'per-file-ignores = {"*" = ["ALL"]}', 'severity = {X = "info"}',
    'suppress = [{rules = ["X802"]}]', 'allow-modules = ["os"]', 'baseline = "b.json"',
]  # fmt: skip


@pytest.mark.parametrize("setting", HOSTILE)
@pytest.mark.parametrize("argument", ["zoo", "zoo/m.json", "."])
def test_settings_in_the_scanned_folder(shell: Shell, setting: str, argument: str) -> None:
    content = PROBES["os as layer"][0]
    shell.write("zoo/m.json", content)
    shell.write("zoo/deep/m.json", content)
    shell("zoo", "--write-baseline", "zoo/b.json")
    shell.write("zoo/lstmlint.toml", setting)
    done = shell(argument, "-f", "json")
    assert "X802 error" in [
        f"{one['code']} {one['severity']}" for file in done.json["files"] for one in file["findings"]
    ]
    assert done.code == 1
    assert shell(argument, "--select", "X").code == 1


@pytest.mark.parametrize("setting", [one for one in HOSTILE if "baseline" not in one and "severity" not in one])
def test_settings_above_the_scanned_folder(shell: Shell, setting: str) -> None:
    shell.write("zoo/own/m.json", PROBES["os as layer"][0])
    shell.write("lstmlint.toml", f'extend-ignore = ["E"]\n{setting}')
    assert shell("zoo").code == 0
    shell.write("zoo/lstmlint.toml", 'extend-ignore = ["E"]')
    assert shell("zoo").code == 0
    assert shell(".").code == 1
    assert shell(".", "--config", "lstmlint.toml").code == 0
    assert shell("zoo", "--isolated", "--ignore", "E,X").code == 0


def test_suppressions_beside_a_trusted_one(shell: Shell) -> None:
    """A suppression above the folder applies to protected findings only, and is not reported as unused there."""
    shell.write("lstmlint.toml", 'suppress = [{rules = ["ALL"]}, {rules = ["X801"]}]')
    shell.write("zoo/lstmlint.toml", "batch = 2")
    shell.write("zoo/m.json", PROBES["os as layer"][0])
    codes = [one["code"] for file in shell("zoo", "-f", "json").json["files"] for one in file["findings"]]
    assert "X802" not in codes
    assert "E004" in codes
    assert "G714" not in codes


@pytest.mark.parametrize("key", ["ALL", "X", "X802", "foreign-module"])
def test_suppressions_in_the_file(key: str) -> None:
    content = {**PROBES["os as layer"][0], "lstmlint": {"ignore": [key]}}
    assert found(content) == {"X802": "error"}
    text = f"# lstmlint: ignore-file[{key}]\n" + json.dumps(PROBES["os as layer"][0])
    assert "X802" in found(
        f"class_name: Sequential\nconfig: {{layers: []}}\n{text.replace(chr(10), chr(10) + 'x: ')}".encode()
    )


def test_scanner(shell: Shell) -> None:
    """--select X reports what it could not examine, and reads no settings of the scanned folder."""
    shell.write("zoo/m.json", PROBES["lambda"][0])
    shell.write("zoo/lstmlint.toml", 'exclude = ["*"]\nunknown = 1')
    assert shell("zoo", "--select", "X").code == 0
    assert shell("zoo", "--select", "X", "--fail-on", "warning").code == 1
    assert shell("zoo", "--select", "lambda-bytecode").code == 2
    shell.write("zoo/broken.json", '{"class_name": "Sequential", "config": {"layers": [')
    done = shell("zoo", "--select", "X", "-f", "concise")
    assert done.code == 1
    assert "E001" in done.out
    assert shell("zoo", "--select", "X", "--ignore", "E001").code == 0


def test_allowed_modules_in_settings(shell: Shell) -> None:
    shell.write("zoo/m.json", PROBES["own package"][0])
    assert "X802" in shell("zoo", "--select", "X", "-f", "concise").out
    assert "X802" not in shell("zoo", "--select", "X", "-f", "concise", "--config", 'allow-modules = "mine"').out
    assert 'allow-modules = ["mine"]' in shell("--show-settings", "--config", 'allow-modules = "mine"').out


def escaped(text: str, letter: str) -> str:
    """Return JSON or YAML whose keys hide a letter."""
    return text.replace("class_name", f"cl{letter}ss_name").replace("layers", f"l{letter}yers")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("m.json", escaped(json.dumps(PROBES["os as layer"][0]), "\\u0061").encode()),
        ("m.json", escaped(json.dumps(model(k3("getcwd", {}, "os"), note="x" * 2**21)), "\\u0061").encode()),
        ("m.json", b"{" + b" " * (2**22 + 1) + json.dumps(PROBES["os as layer"][0])[1:].encode()),
        ("m.yaml", b'"cl\\x61ss_name": Sequential\n"config": {"l\\x61yers": [{"cl\\x61ss_name": getcwd, module: os, config: {}}]}\n'),
        ("m.h5", bytes(2**23) + hdf5(PROBES["Keras 2 function of os"][0])),
        ("m.h5", b"PK\x03\x04".ljust(512, b"\0") + hdf5(PROBES["Keras 2 function of os"][0])),
    ],
    ids=["JSON", "large JSON", "blanks", "YAML", "user block", "zip head"],
)  # fmt: skip
def test_words_that_are_hidden(name: str, content: bytes, shell: Shell) -> None:
    """A file in a folder is examined whatever hides the words that models contain."""
    shell.write(f"zoo/{name}", content)
    assert "X802" in shell("zoo", "--select", "X", "-f", "concise").out


def test_files_without_models_are_skipped(shell: Shell) -> None:
    shell.write("zoo/a.json", json.dumps({"text": "\u00e4\u003c" * 2**21}))
    shell.write("zoo/b.h5", b"no HDF5")
    assert shell("zoo/a.json", "--skip-non-models").code == 0
    assert "no Keras model found" in shell("zoo").err


@pytest.mark.parametrize(
    ("advisory", "claim"),
    [
        ("CVE-2025-1550", "X802 a Lambda finds a function of os"),
        ("CVE-2025-8747", "X803 a Lambda finds get_file"),
        ("CVE-2026-1462", "X804 a path to a SavedModel is opened"),
        ("CVE-2025-12058", "X806 a vocabulary file is read"),
        ("CVE-2026-1669", "X816 external values are read"),
    ],
)
def test_advisories_name_the_releases_that_real_keras_shows(advisory: str, claim: str) -> None:
    record = json.loads((Path(__file__).parent / "data" / "security_claims.json").read_text(encoding="utf-8"))
    (named,) = (one.releases for one in EVERY if one.id == advisory)
    affected = {release for release, outcome in record[claim].items() if outcome in (True, 7.0)}
    assert affected <= set(named)


def field(number: int, *values: bytes) -> bytes:
    """Return a field of a protobuf message."""
    content = b"".join(values)
    return bytes([number << 3 | 2, len(content)]) + content


@pytest.mark.parametrize(
    ("name", "op", "found"),
    [(b"r", b"ReadFile", "ReadFile"), (b"r", b"PyFunc", "PyFunc"), (b"\x12\x01PyFunc", b"AddV2", None)],
)
@pytest.mark.parametrize("inside", [True, False])
def test_operations_of_saved_models(tmp_path: Path, name: bytes, op: bytes, found: str | None, inside: bool) -> None:
    node = field(1, name), field(2, op)
    graph = field(2, field(1, field(3, *node))) if inside else field(1, *node)
    raw = field(2, field(2, graph))
    path = tmp_path / "saved_model.pb"
    for content, whole in ((raw, True), (raw[:-1], False)):
        path.write_bytes(content)
        messages = [one.message for one in analyze(tmp_path).findings if one.code == "X803"]
        assert [found is not None and found in message for message in messages] == [True] * (
            whole and found is not None
        )
    path.write_bytes(raw)
    (tmp_path / "keras_metadata.pb").write_bytes(b"")
    assert [one.severity for one in analyze(tmp_path).findings if one.code == "X803"] == ["warning"] * (
        found is not None
    )
