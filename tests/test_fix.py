"""`--fix` and `--diff`: what is edited, what is left alone, and that nothing else in the text changes."""

from __future__ import annotations

import json
import re
import stat
from typing import Any

import pytest

from lstmlint import Options, analyze
from lstmlint.fixing import fix
from lstmlint.fixing.edits import Edit, apply
from lstmlint.fixing.rules import FIXES
from lstmlint.rules import load
from tests.commandline import Shell

HEAD = '{"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "m", "layers": [\n'
INPUT = '{"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "config": {"name": "x", "batch_shape": %s}},\n'
LAYER = '{"class_name": "%s", "module": "keras.layers", "registered_name": null, "config": {"name": "it"%s}}]}}'
HEAD2 = '{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": [\n'
LAYER2 = '{"class_name": "%s", "config": {"name": "it", "batch_input_shape": [null, 13, 5]%s}}]}}'


def keras3(class_name: str, config: str, shape: str = "[null, 13, 5]") -> str:
    """Return a Keras 3 Sequential whose only layer has this text in its config, including the comma."""
    return HEAD + INPUT % shape + LAYER % (class_name, config)


def keras2(class_name: str, config: str) -> str:
    """Return a Keras 2 Sequential whose only layer has this text in its config."""
    return HEAD2 + LAYER2 % (class_name, config)


FIXED = [
    (keras3, "LSTM", ', "units": 10 , "time_major": false', ', "units": 10'),
    (keras3, "LSTM", ',\n  "time_major": false,\n  "units": 10', ',\n  "units": 10'),
    (keras3, "LSTM", ', "dynamic": false, "units":10, "weights": null', ', "units":10'),
    (keras3, "LSTM", ', "units": 1e1, "units": 10', ', "units": 10'),
    (keras3, "LSTM", ', "batch_input_shape": [null, 13, 5], "units": 10', ', "units": 10'),
    (keras3, "LeakyReLU", ', "alpha": 0.10', ', "negative_slope": 0.10'),
    (keras3, "LeakyReLU", ', "alpha": 0.10, "negative_slope": 0.3', ', "negative_slope": 0.10'),
    (keras3, "Dense", ', "output_dim": 3, "bias": true', ', "units": 3, "use_bias": true'),
    (
        keras2,
        "LSTM",
        ', "output_dim":10, "inner_init": "orthogonal", "consume_less": "gpu", "W_regularizer": null, "dropout_U": 0.50',
        ', "units":10, "recurrent_initializer": "orthogonal", "kernel_regularizer": null, "recurrent_dropout": 0.50',
    ),
    (
        keras2,
        "Conv1D",
        ', "nb_filter": 4, "filter_length": 3, "border_mode": "same", "subsample_length": 1, "init": "glorot_uniform"',
        ', "filters": 4, "kernel_size": 3, "padding": "same", "strides": 1, "kernel_initializer": "glorot_uniform"',
    ),
    (keras2, "Dropout", ', "p": 0.25', ', "rate": 0.25'),
]


def test_what_could_be_fixed_is_counted(shell: Shell) -> None:
    twice = keras3("LSTM", ', "time_major": false, "dynamic": false, "nonsense": 1, "units": 10')
    shell.write("a.json", twice)
    shell.write("b.json", keras3("LeakyReLU", ', "alpha": 0.1'))
    said = "[*] 3 fixable with the `--fix` option.\n"
    assert said in shell("a.json", "b.json").out
    assert said in shell("a.json", "b.json", "--jobs", "2").out
    assert "2 fixable" in shell("a.json").out
    for name in ("text", "concise"):
        out = shell("a.json", "-f", name).out
        marked = re.findall(r" ([EP][0-9]{3}( \[\*\])?) ", out)
        assert sorted(marked) == [("E005", ""), ("P602 [*]", " [*]"), ("P602 [*]", " [*]")]
        assert out.endswith("[*] 2 fixable with the `--fix` option.\n")
    assert "fixable" not in shell("-", stdin=twice.encode()).out + shell("a.json", "-q").out
    assert "fixable" not in shell("a.json", "b.json", "--ignore", "E005,P6").out
    assert shell("a.json", "b.json", "--fix").out.endswith("1 error in 2 files.\n")


@pytest.mark.parametrize(("make", "class_name", "before", "after"), FIXED, ids=[f"{c}{b}" for _, c, b, _ in FIXED])
def test_fixes(make: Any, class_name: str, before: str, after: str) -> None:
    text = make(class_name, before)
    fixed = fix(text.encode(), "m.json", Options())
    assert fixed.after == make(class_name, after)
    assert fixed.report.findings == analyze(fixed.raw, name="m.json").findings
    assert [finding for finding in fixed.report.findings if finding.code in FIXES] == []
    assert fix(fixed.raw, "m.json", Options()).edits == 0


LEFT = [
    keras3("LSTM", ', "units": 10, "time_major": true'),  # has a meaning
    keras3("LSTM", ', "units": 10, "return_sequence": true'),  # would be a guess
    keras3("Dense", ', "units": 10, "output_dim": 12'),  # ambiguous
    keras2("Dense", ', "output_dim": 10, "W_regularizer": {"name": "WeightRegularizer", "l2": 0.1}').replace(
        '"output_dim"', '"units"'
    ),  # the value has another form
    keras2("Conv1D", ', "filters": 4, "kernel_size": 3, "border_mode": "full"'),  # Keras 2 does not have this padding
    HEAD + LAYER % ("LSTM", ', "units": 3, "batch_input_shape": [null, 13, 5]'),  # it declares the input
    keras2("Dense", ', "units": 10'),
]


@pytest.mark.parametrize("text", LEFT)
def test_leaves_alone_what_is_not_exact(text: str) -> None:
    fixed = fix(text.encode(), "m.json", Options())
    assert (fixed.edits, fixed.unfixable, fixed.after) == (0, None, fixed.before)


def test_what_is_not_selected_is_not_fixed() -> None:
    text = keras3("LeakyReLU", ', "alpha": 0.10')
    assert fix(text.encode(), "m.json", Options(ignore=("P607",))).edits == 0


def test_input_length_and_input_layer() -> None:
    text = keras3("Embedding", ', "input_dim": 9, "output_dim": 4, "input_length": 13', "[null, 13]")
    text = text.replace('"batch_shape"', '"colour": "red", "batch_shape"')
    assert fix(text.encode(), "m.json", Options()).after == keras3(
        "Embedding", ', "input_dim": 9, "output_dim": 4', "[null, 13]"
    )


def test_every_fix_belongs_to_a_rule() -> None:
    assert set(FIXES) <= set(load())


EDITS = [
    ('{"a": 1, "b": 2}', [Edit("", "a")], '{"b": 2}'),
    ('{"a": 1, "b": 2}', [Edit("", "b")], '{"a": 1}'),
    ('{ "a": 1 , "b": 2 }', [Edit("", "a"), Edit("", "b")], "{}"),
    ('{"a":1,"b":2,"c":3,"d":4}', [Edit("", "b"), Edit("", "c")], '{"a":1,"d":4}'),
    ('{"a":1,"b":2,"c":3}', [Edit("", "b"), Edit("", "c"), Edit("", "a", "A")], '{"A":1}'),
    ('{"a": [0, {"b": "x", "é": 2}]}', [Edit("/a/1", "é", "e", None)], '{"a": [0, {"b": "x", "e": null}]}'),
    ('{"a": 1, "a": 2, "a": 3}', [Edit("", "a", earlier=True)], '{"a": 3}'),
    ('{"a/b": {"c~d": {"e": 1}}}', [Edit("/a~1b/c~0d", "e", "f")], '{"a/b": {"c~d": {"f": 1}}}'),
    ('{"x": {"a": 1}, "x": {"a": 1}}', [Edit("/x", "a", "b")], '{"x": {"a": 1}, "x": {"b": 1}}'),
]  # fmt: skip


@pytest.mark.parametrize(("before", "edits", "after"), EDITS)
def test_edits(before: str, edits: list[Edit], after: str) -> None:
    assert apply(before, edits) == after


def test_command_line(shell: Shell) -> None:
    before, after = (
        keras3("LSTM", ', "units": 10, "time_major": false') + "\r\n",
        keras3("LSTM", ', "units": 10') + "\r\n",
    )
    path = shell.write("folder/m.json", b"\xef\xbb\xbf" + before.encode())
    path.chmod(0o640)
    shell.write("folder/clean.json")
    shell.write("folder/other.json", '{"output_dim": 3}')
    done = shell("--diff", "folder")
    assert done.code == 1
    assert [line[:1] for line in done.out.splitlines()] == ["-", "+", "@", " ", " ", "-", "+"]
    assert done.out.startswith("--- a/folder/m.json\n+++ b/folder/m.json\n@@ ")
    assert path.read_bytes() == b"\xef\xbb\xbf" + before.encode()
    assert shell("--diff", "folder", "-o", "m.patch") == (1, "", "")
    assert (shell.folder / "m.patch").read_bytes().decode() == done.out

    done = shell("folder", "--fix")
    assert done.code == 0
    assert done.err == "lstmlint: fixed 1 place in 1 file\n"
    assert "2 models" in done.out
    assert path.read_bytes() == b"\xef\xbb\xbf" + after.encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(file.name for file in path.parent.iterdir()) == ["clean.json", "m.json", "other.json"]
    assert shell("--diff", "folder") == (0, "", "")


def test_a_read_only_file_stays(shell: Shell) -> None:
    before = keras3("LSTM", ', "units": 10, "time_major": false')
    path = shell.write("m.json", before)
    path.chmod(0o444)
    shell.monkeypatch.setattr("os.access", lambda path, mode: False)  # as for any user but root
    assert shell("m.json", "--fix") == (2, "", "lstmlint: cannot write 'm.json': it is read-only\n")
    assert path.read_text() == before


def test_what_is_left_decides_the_exit_code(shell: Shell) -> None:
    shell.write("m.json", keras3("LSTM", ', "units": "ten", "time_major": false'))
    done = shell("m.json", "--fix")
    assert done.code == 1
    assert "E007" in done.out
    assert "P602" not in done.out


def test_standard_input(shell: Shell) -> None:
    raw = keras3("LSTM", ', "units": 10, "time_major": false').encode()
    done = shell("-", "--diff", stdin=raw)
    assert done.code == 1
    assert done.out.startswith("--- a/<stdin>\n")
    assert done.out.count("\\ No newline at end of file\n") == 2
    done = shell("-", "--fix", stdin=raw)
    assert (done.code, done.out) == (2, "")
    assert "--diff prints the changes" in done.err


def test_other_files_are_told_apart(shell: Shell) -> None:
    config = {"name": "it", "output_dim": 3, "batch_input_shape": [None, 4]}
    shell.write(
        "m.yaml",
        "class_name: Sequential\nkeras_version: 2.15.0\nconfig:\n  name: m\n  layers:\n  - class_name: Dense\n    config: "
        + json.dumps(config),
    )
    shell.write("wide.json", keras3("LSTM", ', "units": 10, "time_major": false').encode("utf-16"))
    done = shell("m.yaml", "wide.json", "--fix")
    assert done.code == 1
    assert "m.yaml is not fixed: fixes are made in JSON files, and this is yaml" in done.err
    assert "wide.json is not fixed: fixes are made in files in UTF-8" in done.err


def test_cannot_be_written(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shell.write("m.json", keras3("LSTM", ', "units": 10, "time_major": false'))
    before = path.read_bytes()

    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.replace", refuse)
    done = shell("m.json", "--fix")
    assert (done.code, done.out) == (2, "")
    assert done.err == "lstmlint: cannot write 'm.json': Permission denied\n"
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
