"""Feed damaged models to everything that reads them, for as long as you like: python -m tests.fuzz --seconds 3600

Seeds are valid files of every container and dialect, Python programs and notebooks. Each input is one of them after random
changes of its structure or its bytes. It is analyzed, printed in every format, explained, converted, compared, fixed and
checked against releases. A failure is a traceback, an internal error (E099), output that is not well-formed, more than 5
seconds, or more than 512 MB.
Failing inputs are kept in --folder. With --atheris (pip install atheris), the changes are guided by coverage.
"""

from __future__ import annotations

import argparse
import copy
import csv
import gzip
import io
import json
import multiprocessing
import os
import re
import resource
import signal
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from multiprocessing.pool import Pool
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import yaml

from lstmlint import Options, UsageError, analyze, analyze_all
from lstmlint.analysis import document_of
from lstmlint.comparing import compare
from lstmlint.converting import convert
from lstmlint.explaining import explain_model, render
from lstmlint.fixing.fix import fix
from lstmlint.model.findings import ReadError
from lstmlint.model.limits import enforced
from lstmlint.model.releases import ALL, KERAS2, KERAS3
from lstmlint.parsing import ModelError, parse
from lstmlint.programs.naming import sizes_to_give
from lstmlint.reading import read
from lstmlint.reading.document import Document
from lstmlint.report import FileReport
from lstmlint.reporting import FORMATS, Totals, View, comparison, load
from tests import fuzz_programs

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"
SECONDS = 5  # of one check of a config
PROGRAM_SECONDS = 15  # of one check of a program, which analyzes it several times
MEGABYTES = 512

NAMES = (
    "::error::x", "##[error]x", "\x1b[31mx", "\x9b31m", "a\u202eb", "a\u2028b", "\x7f", "=cmd|' /C calc'!A0", "\uff1dcmd", "@x", "+1", "-1",
    "|x|", "`x`", "<b>x</b>", "](http://x)", "&amp;", "\ud800", "\udfff", "a/b", "../x", "a~b", "\n", "\r\n::error::x", "", " ", "None", "x" * 5000,
    "é", "\U0001f600", "%0A::error::x", "]]>", "\x00", "{0}", "%s", "layers", "lstm",
)  # fmt: skip
NUMBERS = (
    0, 1, -1, 2, 3, 7, 8, 64, 255, 10**6, 10**9, 2**31, 2**32, 2**63, 2**64, 10**30, 10**100, 10**200, 10**307, -(10**300), 10**308, 10**400, 10**4400,
    0.0, -0.0, 0.5, 1.5, 1e-300, 1e300, -1e300, float("inf"), float("-inf"), float("nan"), True, False, 5e-324,
)  # fmt: skip
OTHERS: tuple[Any, ...] = (
    None, [], {}, [[]], [None], [{}], [1, 2, 3], [2, 2], [None, 8], [[None, 8]], {"a": 1}, [[1, [2]]], ["x", 0, 0], [["x", 0, 0, {}]], ["a", "b"],
    {"class_name": "x"}, {"class_name": "Dense", "config": {}}, {"class_name": "__tuple__", "items": [1, 2]},
    {"class_name": "__keras_tensor__", "config": {"shape": [None, 8], "dtype": "float32", "keras_history": ["x", 0, 0]}},
    {"class_name": "__ellipsis__", "config": {}}, {"class_name": "function", "config": "f"}, {"module": "builtins", "class_name": "slice", "config": {}},
    {"class_name": "__lambda__", "config": {"value": "x"}}, {"class_name": "__numpy__", "config": {"value": [1], "dtype": "int64"}},
    "relu", "same", "valid", "channels_first", "channels_last", "float16", "int32", "64", "1.5", "True", "null", "glorot_uniform", "adam", "mse",
    {"class_name": "L2", "config": {"l2": 10**300}}, {"class_name": "Sequential", "config": {"name": "s", "layers": []}}, "causal", "auto",
)  # fmt: skip
KEYS = (
    "units", "name", "layers", "axis", "config", "kernel_size", "class_name", "batch_input_shape", "batch_shape", "inbound_nodes", "input_layers",
    "output_layers", "build_config", "input_shape", "module", "registered_name", "dtype", "lstmlint", "compile_config", "training_config", "layer",
    "cell", "cells", "args", "kwargs", "keras_version", "backend", "trainable", "target_shape", "dims", "loss", "metrics", "optimizer", "shape",
)  # fmt: skip


# Seeds --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def models() -> list[dict[str, Any]]:
    """Return valid models of every dialect."""
    found = list(json.loads((DATA / "verdicts.json").read_text())["models"].values())
    for name in ("keras0.json", "keras1.json"):
        found += [row["model"] for row in json.loads((DATA / name).read_text())[::3]]
    for path in sorted((DATA / "layers").glob("*.json")):
        for row in json.loads(path.read_text())[::7]:
            if isinstance(row, dict) and len(row.get("inputs") or ()) == 1 and isinstance(row.get("layer"), dict):
                source = {
                    "class_name": "InputLayer",
                    "config": {"batch_input_shape": row["inputs"][0], "name": "input"},
                }
                version = "2.11.0" if "keras2" in path.name else "3.3.0"
                config = {"name": "m", "layers": [source, row["layer"]]}
                found.append({"class_name": "Sequential", "keras_version": version, "config": config})
    for path in sorted((ROOT / "examples").rglob("*.json")):
        with suppress(ValueError):  # some examples are broken
            content = json.loads(path.read_text())
            if isinstance(content, dict) and path.stat().st_size < 100_000:
                found.append(content)
    return found


def archived(text: bytes, random: Random) -> bytes:
    """Return a .keras archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.3.0", "date_saved": "x"}')
        archive.writestr("config.json", text)
    return file.getvalue()


def hdf5(text: bytes, random: Random) -> bytes:
    """Return an HDF5 file with the model and some weights; the text itself without h5py."""
    try:
        import h5py
    except ImportError:
        return text
    file = io.BytesIO()
    with h5py.File(file, "w") as archive:
        archive.attrs["model_config"] = text.replace(b"\x00", b"")
        archive.attrs["keras_version"] = "2.11.0"
        group = archive.create_group("model_weights")
        group.attrs["layer_names"] = [b"dense", b"lstm"]
        for name in ("dense", "lstm"):
            inner = group.create_group(name)
            inner.attrs["weight_names"] = [b"kernel:0"]
            inner.create_dataset("kernel:0", data=[[1.0] * random.choice((1, 3))] * 4)
    return file.getvalue()


def varint(value: int) -> bytes:
    """Return a number as protobuf writes it."""
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def protobuf(text: bytes, _random: Random) -> bytes:
    """Return a keras_metadata.pb."""
    node = b"".join(
        bytes([key << 3 | 2]) + varint(len(part)) + part
        for key, part in ((3, b"root"), (4, b"_tf_keras_network"), (5, text))
    )
    return b"\n" + varint(len(node)) + node


def as_yaml(text: bytes, _random: Random) -> bytes:
    """Return a JSON text as YAML; unchanged if YAML cannot write its values."""
    try:
        return yaml.safe_dump(json.loads(text)).encode("utf-8", "surrogatepass")
    except (ValueError, yaml.YAMLError):
        return text


CONTAINERS: tuple[Callable[[bytes, Random], bytes], ...] = (
    *[lambda text, _random: text] * 12,
    *[as_yaml] * 2,
    archived,
    protobuf,
    lambda text, _random: gzip.compress(text),
    lambda text, _random: text.decode("utf-8", "replace").encode("utf-16"),
    lambda text, _random: json.dumps(text.decode("utf-8", "replace")).encode(),
    lambda text, _random: b'{"format": "layers-model", "modelTopology": {"model_config": ' + text + b'}, "weightsManifest": [{"paths": [], "weights": []}]}',
)  # fmt: skip


# Changes ------------------------------------------------------------------------------------------------------


def value(random: Random) -> Any:
    """Return a value that a file might hold by mistake or malice."""
    return copy.deepcopy(random.choice(random.choice((NAMES, NUMBERS, OTHERS, OTHERS))))


def places(data: Any) -> list[tuple[Any, Any]]:
    """Return every container with every key in it."""
    found: list[tuple[Any, Any]] = []
    stack = [data]
    while stack:
        one = stack.pop()
        for key in list(one) if isinstance(one, dict) else range(len(one)):
            found.append((one, key))
            if isinstance(one[key], dict | list):
                stack.append(one[key])
    return found


def change(data: Any, random: Random) -> None:
    """Change one place of a document."""
    found = places(data)
    if not found:
        return
    parent, key = random.choice(found)
    kind = random.random()
    if kind < 0.5:
        parent[key] = value(random)
    elif kind < 0.6:
        del parent[key]
    elif kind < 0.75:
        other, where = random.choice(found)
        parent[key] = copy.deepcopy(other[where])
    elif kind < 0.8:
        parent[key] = (
            [parent[key]] if random.random() < 0.5 else {"class_name": random.choice(NAMES), "config": parent[key]}
        )
    elif isinstance(parent, list):
        for _ in range(random.choice((1, 1, 1, 30))):
            parent.insert(key, copy.deepcopy(parent[key]))
    elif kind < 0.9:
        parent[random.choice(KEYS)] = value(random)
    else:
        parent[random.choice((*KEYS, *NAMES))] = parent.pop(key)


def encoded(data: Any) -> bytes:
    """Return a document as JSON, with integers of any length."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return json.dumps(data).encode()
    finally:
        sys.set_int_max_str_digits(before)


def corrupted(raw: bytes, random: Random) -> bytes:
    """Change some bytes."""
    out = bytearray(raw)
    for _ in range(random.choice((1, 1, 2, 5, 20))):
        at = random.randrange(len(out) + 1)
        kind = random.random()
        if kind < 0.4 and at < len(out):
            out[at] = random.choice((random.randrange(256), out[at] ^ 1 << random.randrange(8)))
        elif kind < 0.6:
            del out[at : at + random.choice((1, 2, 8, 100))]
        elif kind < 0.8:
            out[at:at] = random.choice(
                (
                    b'"',
                    b"{",
                    b"}",
                    b"[",
                    b"]",
                    b",",
                    b":",
                    b"\\",
                    b"\n",
                    b"\x00",
                    b"\xff",
                    b"#",
                    b"&a ",
                    b"*a",
                    b"!!python/tuple ",
                    b"<<: ",
                    b"- ",
                    b"9" * 400,
                )
            )
        elif kind < 0.95:
            start = random.randrange(len(out) + 1)
            out[at:at] = out[start : start + random.choice((1, 10, 100))]
        else:
            del out[at:]
    return bytes(out)


def made(random: Random, binary: bool = False) -> bytes:
    """Return one input. binary: HDF5 too, which is read in another process."""
    data = copy.deepcopy(random.choice(models()))
    for _ in range(random.choice((0, 1, 1, 1, 2, 3, 8))):
        change(data, random)
    text = encoded(data)
    raw = hdf5(text, random) if binary and random.random() < 0.3 else random.choice(CONTAINERS)(text, random)
    return corrupted(raw, random) if random.random() < 0.35 else raw


# Checks -------------------------------------------------------------------------------------------------------

RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
COMMAND = re.compile(r"^\s*(?:::|##\[)|##\[", re.MULTILINE)
ANNOTATION = re.compile(r"^::(?:error|warning|notice) [^\n]*::[^\n]*$", re.MULTILINE)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class TooSlow(BaseException):
    """An input took too much time. Not an Exception, so that nothing handles it as a defect."""


class WrongError(Exception):
    """What lstmlint answered is not acceptable."""


def no_constant(token: str) -> None:
    """Refuse NaN and Infinity, which are not JSON."""
    raise WrongError(token)


def check_text(name: str, text: str) -> None:
    """Check what a person or a program reads."""
    text.encode()
    if name in ("json", "jsonl", "sarif", "gitlab"):
        for line in text.splitlines() if name == "jsonl" else [text]:
            json.loads(line, parse_constant=no_constant)
        return
    if (found := RAW.search(text)) is not None:
        raise WrongError(f"{name} holds {found[0]!r}")
    if name == "junit":
        ET.fromstring(text)
    elif name == "csv":
        for row in csv.reader(io.StringIO(text)):
            if any(cell.startswith(FORMULA) for cell in row):
                raise WrongError(f"csv holds a formula: {row}")
    if name == "github":
        text = ANNOTATION.sub("", text)
    if COMMAND.search(text) is not None:
        raise WrongError(f"{name} holds a command to a CI runner: {text[:200]!r}")


def check_reports(report: FileReport, random: Random) -> None:
    """Check a report in some formats."""
    for finding in report.findings:
        if finding.code == "E099":
            raise WrongError(finding.message)
    totals = Totals()
    totals.add(report)
    for name in random.sample(list(FORMATS), 4):
        view = View(random.random() < 0.5, root="/")
        check_text(name, "".join(load(name).render([load(name).digest(report, view)], totals, view)))


OTHER = json.dumps({"class_name": "Sequential", "keras_version": "2.11.0", "config": {"name": "m", "layers": [
    {"class_name": "LSTM", "config": {"name": "lstm", "units": 4, "batch_input_shape": [None, 3, 5]}},
    {"class_name": "Dense", "config": {"name": "dense", "units": 4}}]}}).encode()  # fmt: skip


def check(raw: bytes, name: str = "model.json") -> None:
    """Feed one input to everything. Raises: whatever is wrong."""
    random = Random(raw)
    if name != "model.json":
        check_program(raw, name, random)
        return
    options = Options(extend_select=("ALL",), compat=ALL if random.random() < 0.3 else ())
    report = analyze(raw, options, name=random.choice(("model.json", *NAMES[:8])))
    check_reports(report, random)
    if report.model is not None:
        expected = random.choice((None, report.model.params * 2, 120))
        check_text("explain", render(explain_model(report.model, None, expected)))
        json.dumps(explain_model(report.model).to_dict(), allow_nan=False)
    other = analyze(OTHER if random.random() < 0.5 else encoded(random.choice(models())))
    check_comparison(report, other, random)
    fixed = fix(raw, "model.json", Options())
    if fixed.edits:
        fixed.raw  # noqa: B018 - encodes it
    check_conversion(lambda: read(raw), random)


def check_comparison(one: FileReport, other: FileReport, random: Random) -> None:
    """Compare two reports, both ways."""
    for old, new in ((one, other), (other, one)):
        name = random.choice(list(comparison.FORMATS))
        check_text(name, comparison.render(compare(old, new), name))


def check_conversion(document: Callable[[], Document], random: Random) -> None:
    """Convert a document for some release."""
    try:
        with enforced():
            spec = parse(document())
            target = random.choice((KERAS3[-1], random.choice(KERAS3), random.choice(KERAS2)))
            result = convert(spec, target, random.random() < 0.7)
    except (ReadError, ModelError, RecursionError, UsageError):
        return
    if (result.model is None) != bool(result.refusals or (result.changes and not result.model)):
        raise WrongError("convert neither writes nor refuses")
    if result.model is not None:
        json.dumps(result.model, allow_nan=True)


def check_program(raw: bytes, name: str, random: Random) -> None:
    """Feed a program or a notebook to everything."""
    options = Options(
        extend_select=("ALL",),
        compat=ALL if random.random() < 0.2 else (),
        values={"u": random.choice(NUMBERS[:20]), "len(vocab)": 9} if random.random() < 0.5 else {},
        targets=random.choice(((), ("tf2.11",), (KERAS3[-1],))),
    )
    reports = analyze_all(raw, options, name=name)
    for report in random.sample(reports, min(3, len(reports))):
        check_reports(report, random)
    other = analyze_all(random.choice(fuzz_programs.seeds()).encode(), name="q.py")[0] if random.random() < 0.2 else analyze(OTHER)  # fmt: skip
    check_comparison(reports[0], other, random)
    for report in reports[:3]:
        if report.model is not None and sizes_to_give(report) is None:
            check_text("explain", render(explain_model(report.model, None, random.choice((None, 120)))))
            json.dumps(explain_model(report.model).to_dict(), allow_nan=False)
    with suppress(UsageError):  # several models
        fix(raw, name, Options())
    check_conversion(lambda: document_of(raw, reports[0].path, options), random)


# A long run ---------------------------------------------------------------------------------------------------


class Tally:
    """What became of some inputs.

    inputs, slowest (in seconds): per kind. models: inputs that hold a model. failures: inputs, each with what went wrong.
    """

    def __init__(self) -> None:
        self.inputs: Counter[str] = Counter()
        self.slowest: dict[str, float] = {}
        self.peak = 0
        self.failures: list[tuple[bytes, str]] = []

    def add(self, other: Tally) -> None:
        """Add another tally, without its failures."""
        self.inputs.update(other.inputs)
        self.peak = max(self.peak, other.peak)
        for kind, seconds in other.slowest.items():
            self.slowest[kind] = max(seconds, self.slowest.get(kind, 0))


class Task(NamedTuple):
    """A batch of inputs. programs: the share of programs and notebooks. binary: HDF5, too."""

    seed: int
    size: int
    programs: float = 0.3
    binary: bool = False


def batch(task: Task) -> Tally:
    """Check some inputs."""
    random, tally = Random(task.seed), Tally()

    def stop(*_: object) -> None:
        raise TooSlow

    signal.signal(signal.SIGVTALRM, stop)
    for _ in range(task.size):
        if random.random() < task.programs:
            raw, name = fuzz_programs.made(random)
        else:
            raw, name = made(random, task.binary), "model.json"
        kind = {"model.json": "configs", "p.ipynb": "notebooks"}.get(name, "programs")
        tally.inputs[kind] += 1
        start = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS if kind == "configs" else PROGRAM_SECONDS)
        try:
            check(raw, name)
        except (Exception, TooSlow):
            tally.failures.append((raw, f"{name}\n{traceback.format_exc(limit=-6)}"))
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        if peak > MEGABYTES >= tally.peak:
            tally.failures.append((raw, f"{name}\nmemory: {peak:.0f} MB"))
        tally.peak = peak
        tally.slowest[kind] = max(tally.slowest.get(kind, 0), time.process_time() - start)
    return tally


def run(seconds: float, folder: Path, jobs: int, first: Task) -> int:
    """Fuzz for some seconds; print a tally and keep failing inputs. Return the number of distinct failures."""
    folder.mkdir(parents=True, exist_ok=True)
    start, total, kinds = time.monotonic(), Tally(), Counter[str]()

    def outcomes(pool: Pool) -> Iterator[Tally]:
        seed = first.seed
        while time.monotonic() - start < seconds:
            yield from pool.imap_unordered(batch, [first._replace(seed=seed + number) for number in range(4 * jobs)])
            seed += 4 * jobs

    with multiprocessing.get_context("fork").Pool(jobs, maxtasksperchild=4) as pool:
        for tally in outcomes(pool):
            total.add(tally)
            for raw, what in tally.failures:
                kind = (
                    re.sub(r"['\"].*", "", what.strip().splitlines()[-1])[:120]
                    + " @ "
                    + " < ".join(re.findall(r"[\w/]+\.py\", line \d+, in \w+", what)[-1:])
                )
                kinds[kind] += 1
                if kinds[kind] <= 3:
                    path = folder / sha256(raw).hexdigest()[:12]
                    path.write_bytes(raw)
                    path.with_suffix(".txt").write_text(what, "utf-8", "backslashreplace")
            (folder / "tally.txt").write_text(summary(total, kinds, time.monotonic() - start))
    print(summary(total, kinds, time.monotonic() - start))
    return len(kinds)


def summary(total: Tally, kinds: Counter[str], spent: float) -> str:
    """Return the tally as text."""
    lines = [
        f"{total.inputs.total():,} inputs in {spent:,.0f} s; peak of memory {total.peak} MB; "
        f"failures: {kinds.total():,} of {len(kinds)} kinds"
    ]
    lines += [
        f"{number:10,}  {kind}, the slowest in {total.slowest[kind]:.1f} s" for kind, number in total.inputs.items()
    ]
    return "\n".join([*lines, *(f"{number:10,}  {kind}" for kind, number in kinds.most_common())]) + "\n"


def guided(folder: Path, arguments: list[str]) -> None:
    """Fuzz with atheris, whose changes are guided by coverage."""
    import atheris

    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    random = Random(0)
    for number, model in enumerate(models()):
        for make in CONTAINERS[11:]:
            (corpus / f"{number}-{CONTAINERS.index(make)}").write_bytes(make(encoded(model), random))
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], str(corpus), "-timeout=5", "-rss_limit_mb=2048", *arguments], check)
    atheris.Fuzz()


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--folder", type=Path, default=Path("fuzz-failures"))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--batch", type=int, default=200)
    parser.add_argument("--programs", type=float, default=0.3, help="the share of programs and notebooks")
    parser.add_argument("--binary", action="store_true", help="HDF5, too, which is slower")
    parser.add_argument("--atheris", action="store_true")
    given, rest = parser.parse_known_args()
    if given.atheris:
        guided(given.folder, rest)
    print(f"seed {given.seed}")
    first = Task(given.seed, given.batch, given.programs, given.binary)
    return int(run(given.seconds, given.folder, given.jobs, first) > 0)


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(main())
