"""Draw a sample of findings, show each with its surroundings, and record a verdict.

    python scripts/review_findings.py sample FOLDER --size 150 --seed 1 [--keras] > sample.txt
    python scripts/review_findings.py review FOLDER verdicts.jsonl --size 150 --seed 1 [--keras]
    python scripts/review_findings.py tally verdicts.jsonl

`review` asks for one letter per finding and appends it to the JSONL file; findings that have a verdict are skipped:

    A  true, and the file's owner would act on it
    B  true, but of little use
    C  misleading, or the advice does not help
    D  false

A rule is a warning or an error only if at least 95 % of at least 20 verdicts are A or B. `tally` prints the figures
per rule and marks the rules that fall short. With --keras, installed releases of Keras 3 and tf_keras load the file,
and what they say is shown with each finding.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from lstmlint import Finding, analyze, rules  # noqa: E402

VERDICTS = "ABCD"
NEEDED = 20
SHARE = 0.95
NOT_MODELS = (".md", ".jsonl", ".py", ".txt")
# What the program in LOADER prints about a file.
SECONDS = 120
LOADER = """
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
package, path = sys.argv[1:]
keras = __import__(package)
try:
    if path.endswith((".json", ".yaml")):
        model = keras.models.model_from_json(open(path).read())
    else:
        model = keras.models.load_model(path, compile=False)
    print(f"{package} {keras.__version__} loads it: {model.count_params() if model.built else 'unbuilt'} parameters")
except Exception as error:
    text = " ".join(str(error).split())
    print(f"{package} {keras.__version__} refuses it: {type(error).__name__}: {text[:300]}")
"""


class Sample(NamedTuple):
    """One finding in one file. key: identifies it in the file of verdicts."""

    path: Path
    finding: Finding

    @property
    def key(self) -> str:
        digest = hashlib.sha256(self.path.read_bytes() if self.path.is_file() else str(self.path).encode())
        return f"{digest.hexdigest()[:16]}:{self.finding.code}:{self.finding.pointer}"


def models_in(folder: Path) -> Iterator[Path]:
    """The model files below a folder, and the folders of SavedModels."""
    for path in sorted(folder.iterdir()):
        if not path.is_dir():
            if path.suffix not in NOT_MODELS:
                yield path
        elif any((path / name).is_file() for name in ("saved_model.pb", "keras_metadata.pb")):
            yield path
        else:
            yield from models_in(path)


def findings_in(folder: Path) -> Iterator[Sample]:
    """The findings of every model below a folder."""
    for path in models_in(folder):
        yield from (Sample(path, finding) for finding in analyze(path).findings)


def drawn(folder: Path, size: int, seed: int, code: str | None) -> list[Sample]:
    """A sample that is the same for the same folder, size and seed; no rule fills more than a fifth of it."""
    found = [sample for sample in findings_in(folder) if code is None or sample.finding.code.startswith(code)]
    random.Random(seed).shuffle(found)
    limit, counts, chosen = max(1, size // 5) if code is None else size, Counter[str](), list[Sample]()
    for sample in found:
        if len(chosen) < size and counts[sample.finding.code] < limit:
            counts[sample.finding.code] += 1
            chosen.append(sample)
    return chosen


def surroundings(sample: Sample) -> str:
    """The part of the model that the finding points at, cut to 30 lines."""
    from lstmlint.reading import read

    try:
        value: Any = read(sample.path, str(sample.path)).model
        tokens = [token.replace("~1", "/").replace("~0", "~") for token in sample.finding.pointer.split("/")[1:]]
        for token in tokens[:-1] if len(tokens) > 1 else tokens:
            value = value[int(token)] if isinstance(value, list) else value[token]
    except Exception as error:  # noqa: BLE001 - shown to the reader
        return f"(not shown: {error})"
    lines = json.dumps(value, indent=1, default=str).splitlines()
    return "\n".join(lines[:30] + (["..."] if len(lines) > 30 else []))


def what_keras_says(path: Path) -> str:
    """What each installed Keras says when it loads the file."""
    said = []
    for package in ("keras", "tf_keras"):
        command = [sys.executable, "-c", LOADER, package, str(path)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            said.append(f"{package}: no answer after {SECONDS} s")
            continue
        if "ModuleNotFoundError" not in done.stderr:
            said += done.stdout.splitlines()[-1:]
    return "\n".join(said) or "no Keras is installed"


def shown(sample: Sample, keras: bool) -> str:
    """Everything a reviewer needs."""
    finding = sample.finding
    parts = [
        f"== {sample.path}:{finding.line}:{finding.column}",
        f"{finding.severity} {finding.code} {finding.name} [{finding.layer}] {finding.message}",
        f"help: {finding.help}",
        surroundings(sample),
    ]
    return "\n".join([*parts, what_keras_says(sample.path)] if keras else parts) + "\n"


def review(samples: list[Sample], verdicts: Path, keras: bool) -> None:
    """Ask for a verdict on each finding that has none."""
    done = {entry["key"] for entry in entries(verdicts)}
    for sample in samples:
        if sample.key in done:
            continue
        print(shown(sample, keras))
        answer = input(f"{VERDICTS} (then a note), or empty to stop: ").strip()
        if answer[:1].upper() not in (*VERDICTS,):
            return
        entry = {"key": sample.key, "code": sample.finding.code, "severity": sample.finding.severity,
                 "verdict": answer[0].upper(), "note": answer[1:].strip()}  # fmt: skip
        with verdicts.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


def entries(verdicts: Path) -> list[dict[str, Any]]:
    """The recorded verdicts."""
    return [json.loads(line) for line in verdicts.read_text("utf-8").splitlines()] if verdicts.exists() else []


def comparison(before: Path, after: Path) -> str:
    """A table of verdicts per rule before and after changes, in Markdown."""
    counts: dict[str, Counter[str]] = {}
    for column, path in enumerate((before, after)):
        for entry in entries(path):
            counts.setdefault(entry["code"], Counter())[f"{entry['verdict']}{column}"] += 1
    table = rules.load()
    lines = [f"| rule | read | {' | '.join(VERDICTS)} | read | {' | '.join(VERDICTS)} |", "|---" * 11 + "|"]
    rows = [
        (f"{code} {table[code].name if code in table else ''}", counter) for code, counter in sorted(counts.items())
    ]
    for name, counter in [*rows, ("all", sum(counts.values(), Counter()))]:
        cells = []
        for column in range(2):
            found = [counter[f"{verdict}{column}"] for verdict in VERDICTS]
            cells += [sum(found), *found]
        lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def tally(verdicts: Path) -> str:
    """A table of verdicts per rule, in Markdown."""
    counts: dict[str, Counter[str]] = {}
    for entry in entries(verdicts):
        counts.setdefault(entry["code"], Counter())[entry["verdict"]] += 1
    lines = ["| rule | severity | A | B | C | D | A or B | |", "|---|---|---|---|---|---|---|---|"]
    table = rules.load()
    for code, counter in sorted(counts.items()):
        total = sum(counter.values())
        share = (counter["A"] + counter["B"]) / total
        severity = table[code].severity if code in table else "?"
        short = severity != "info" and (share < SHARE or total < NEEDED)
        note = "" if not short else "too few verdicts" if share >= SHARE else "make it an info, or mend it"
        cells = [f"{code} {table[code].name if code in table else ''}", severity, *(str(counter[v]) for v in VERDICTS)]
        lines.append(f"| {' | '.join(cells)} | {share:.0%} | {note} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("sample", "review"):
        command = commands.add_parser(name)
        command.add_argument("folder", type=Path)
        if name == "review":
            command.add_argument("verdicts", type=Path)
        command.add_argument("--size", type=int, default=150)
        command.add_argument("--seed", type=int, default=1)
        command.add_argument("--code", help="only rules whose code begins so")
        command.add_argument("--keras", action="store_true", help="load each file with the installed Keras, too")
    commands.add_parser("tally").add_argument("verdicts", type=Path)
    options = parser.parse_args(arguments)
    if options.command == "tally":
        print(tally(options.verdicts))
        return
    samples = drawn(options.folder, options.size, options.seed, options.code)
    if options.command == "review":
        review(samples, options.verdicts, options.keras)
        return
    for sample in samples:
        print(shown(sample, options.keras))


if __name__ == "__main__":
    main()
