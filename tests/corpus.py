"""Compare lstmlint with recorded truth over a folder of models: python -m tests.corpus FOLDER [--verbose]

The folder holds model files and `expected.jsonl` with one line per file: file and kind, and if Keras could load the
file also oracle, total, trainable, built, layers ([name, class, params, output shape(s)]) and stored_weights. The
command prints a tally per kind. The exit code is 1 if anything disagrees.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from lstmlint import FileReport, analyze


def disagreements(report: FileReport, truth: dict[str, Any]) -> list[str]:
    """Return the differences between the report and the recorded truth."""
    model = report.model
    if model is None:
        return ["no model was read"]
    wrong = []
    if truth.get("built"):
        if not model.complete:
            unknown = [row.name for row in model.layers if row.params is None]
            wrong.append(f"incomplete: {unknown[:5]}")
        if model.params != truth["total"]:
            wrong.append(f"total {model.params}, oracle {truth['total']}")
        if truth.get("trainable") is not None and model.trainable_params != truth["trainable"]:
            wrong.append(f"trainable {model.trainable_params}, oracle {truth['trainable']}")
        rows = {row.name: row for row in model.layers}
        for name, class_name, params, shapes in truth["layers"]:
            row = rows.get(name)
            if row is None:
                wrong.append(f"{name} ({class_name}): no such row")
                continue
            if row.params != params:
                wrong.append(f"{name}: {row.params} parameters, oracle {params}")
            if not same_shapes(row.output_shapes, shapes):
                wrong.append(f"{name}: {row.output_shapes}, oracle {shapes}")
    elif truth.get("stored_weights") is not None and model.complete and model.params != truth["stored_weights"]:
        wrong.append(f"total {model.params}, stored {truth['stored_weights']}")
    if truth.get("oracle"):
        wrong += [f"error {f.code} {f.message}" for f in report.findings if f.severity == "error"]
    return wrong


def same_shapes(ours: list[Any], theirs: Any) -> bool:
    """Check whether shapes agree; the truth holds one shape plain, and several as a list or a dict."""
    if isinstance(theirs, dict):
        theirs = [theirs[key] for key in sorted(theirs)]
    if not theirs or not isinstance(theirs[0], list):
        theirs = [theirs]
    return bool([list(shape) if shape is not None else None for shape in ours] == theirs)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args(arguments)
    tally: dict[str, Counter[str]] = {}
    failed = 0
    try:
        lines = (options.folder / "expected.jsonl").read_text().splitlines()
    except OSError as error:
        parser.error(f"{options.folder} does not hold recorded truth, expected.jsonl: {error.strerror}")
    for line in lines:
        truth = json.loads(line)
        report = analyze(options.folder / truth["file"])
        wrong = disagreements(report, truth)
        counter = tally.setdefault(truth["kind"], Counter())
        counter["files"] += 1
        if truth.get("built") or truth.get("stored_weights") is not None:
            counter["agree" if not wrong else "DISAGREE"] += 1
            failed += bool(wrong)
        elif report.model is None:
            counter["no model"] += 1
        else:
            counter["no oracle, complete" if report.model.complete else "no oracle, incomplete"] += 1
            wrong = []
        if wrong:
            print(f"{truth['file']} [{truth.get('oracle')}]")
            for item in wrong[: None if options.verbose else 3]:
                print(f"    {item}")
        elif options.verbose:
            for finding in report.findings:
                print(f"{truth['file']}: {finding.severity} {finding.code} {finding.message}")
    columns = ["files", "agree", "DISAGREE", "no oracle, complete", "no oracle, incomplete", "no model"]
    print(f"\n{'kind':12}" + "".join(f"{column:>23}" for column in columns))
    for kind, counter in sorted(tally.items()):
        print(f"{kind:12}" + "".join(f"{counter[column]:>23}" for column in columns))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
