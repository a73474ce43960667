"""Many files: reports that stream, worker processes, and what they cost."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tracemalloc
from itertools import pairwise, repeat
from pathlib import Path
from typing import Any

import pytest

from lstmlint import FileReport, Options, analyze
from lstmlint.commands import examining
from lstmlint.commands.examining import batches, weight
from lstmlint.commands.paths import InputPath
from lstmlint.commands.request import Request, destinations
from lstmlint.model.limits import InputLimits
from lstmlint.reporting import FORMATS, Totals, View, load
from lstmlint.reporting.spool import IN_MEMORY, spooled
from tests.commandline import LSTM, STACK, Shell, layer, sequential

EXAMPLES = Path(__file__).parent.parent / "examples"
MANY = sequential("m", layer("LSTM", "a", units=4, batch_input_shape=[None, 13, 5]), *(layer("LSTM", f"l{i}", units=4) for i in range(9)))  # fmt: skip


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"html", "svg"}))  # they are one page
def test_no_report_is_held_in_memory(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstmlint.reporting.spool.IN_MEMORY", 2**18)
    module, report, view = load(format), analyze(MANY, name="m.json"), View(root="/")
    totals = Totals()
    totals.add(report)
    digest = module.digest(report, view)
    one, two = (len("".join(module.render([digest] * times, totals, view))) for times in (1, 2))
    many = 2**20 // (two - one)
    tracemalloc.start()
    length = sum(map(len, module.render(repeat(digest, many), totals, view)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length > 2**19
    assert peak < 2**19


def test_spools() -> None:
    long = "x" * (IN_MEMORY // 2)
    for values in ([], [1, ("a", None)], [long, "\ud800", long, long]):
        spool = spooled(values)
        assert (len(spool), list(spool), list(spool)) == (len(values), values, values)


def test_full_disks_while_a_report_waits(shell: Shell) -> None:
    shell.write("m.json")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    shell.monkeypatch.setattr(pickle, "dump", full)
    done = shell("m.json", "-f", "junit")
    assert (done.code, done.err) == (
        2, "lstmlint: cannot keep the report in a temporary file: No space left on device\n",
    )  # fmt: skip


def test_reports_of_one_run_are_those_of_several(shell: Shell) -> None:
    for number in range(40):
        shell.write(f"{number:02}.json", STACK if number % 3 else LSTM)
    options = ("--jobs", "2", "--fail-on", "never")
    alone = {name: shell(".", "-f", name, *options).out for name in FORMATS}
    chosen = [word for name in FORMATS for word in ("-f", f"{name}:{name}.out")]
    assert shell(".", *chosen, "-f", "jsonl", "-f", "concise", *options).out == alone["jsonl"] + alone["concise"]
    assert {name: Path(f"{name}.out").read_text() for name in FORMATS} == alone


def test_reader_that_has_enough(tmp_path: Path) -> None:
    """`lstmlint models/ | head` ends; with another report to write, the run is completed."""
    for number in range(400):
        (tmp_path / f"{number:03}.json").write_text(json.dumps(MANY))
    for arguments, code in ((("-f", "jsonl"), 2), (("-f", "jsonl", "-f", "csv:all.csv"), 1)):
        command = [sys.executable, "-m", "lstmlint", ".", *arguments, "--jobs", "1"]
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["path"] == "000.json"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == code
        process.stderr.close()
    assert len((tmp_path / "all.csv").read_text().splitlines()) == 1 + 400 * 10


def test_what_travels_to_other_processes() -> None:
    """What `analyze` takes and `to_dict` returns, and the view of every format, which Windows and macOS send to workers."""
    assert pickle.loads(pickle.dumps(analyze)) is analyze
    options = Options(select=("S",), input_limits=InputLimits(seconds=5), values={"n": 3})
    report = analyze(STACK, pickle.loads(pickle.dumps(options))).to_dict()
    assert pickle.loads(pickle.dumps(report)) == report == analyze(STACK, options).to_dict()
    for destination in destinations(Request(format=list(FORMATS)), single=False):
        assert pickle.loads(pickle.dumps(destination)) == destination


def test_batches() -> None:
    """Programs cost more than configs, and a batch is about 20 ms of work."""
    configs = [InputPath(f"{number}.json", False, 8_000) for number in range(1_000)]
    programs = [InputPath(f"{number}.py", False, 2_000) for number in range(10)]
    sizes = [len(batch) for batch in batches([*configs, *programs])]
    assert sum(sizes) == 1_010
    assert 5 < max(sizes[:-10]) < 40
    assert set(sizes[-4:]) <= {1, 2}
    assert weight(InputPath("a.h5", False, 10**12)) < 1_000
    assert not examining.is_much(configs[:100])
    assert examining.is_much(configs)
    assert examining.is_much([*configs[:100], *programs * 2])


def test_reports_can_be_pickled() -> None:
    """With the edges of the graph, and without recursion along a chain of layers."""
    names = ["m0", *(f"m{i}" for i in range(1, 3000))]
    layers = [layer("InputLayer", "m0", [], batch_input_shape=[None, 3])]
    layers += [layer("Dense", name, [[[before, 0, 0, {}]]], units=3) for before, name in pairwise(names)]
    ends = {"input_layers": [["m0", 0, 0]], "output_layers": [["m2999", 0, 0]]}
    chain = {"class_name": "Functional", "config": {"name": "m", "layers": layers[::-1], **ends}}
    sources: list[dict[str, Any] | Path] = [
        chain,
        *EXAMPLES.glob("*.json"),
        EXAMPLES / "python" / "why_480.py",
        EXAMPLES / "tf2_12.h5",
    ]
    for source in sources:
        report = analyze(source)
        again = pickle.loads(pickle.dumps(report))
        assert (str(again), again.to_dict()) == (str(report), report.to_dict())
        assert edges(again) == edges(report)


def edges(report: FileReport) -> list[tuple[str, list[str], list[str]]]:
    """Return the edges of a report's graph, by the names of layers."""
    rows = [] if report.model is None else list(report.model.walk())
    return [(row.name, [one.name for one in row.inbound], [one.name for one in row.consumers]) for row in rows]
