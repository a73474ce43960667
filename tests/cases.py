"""Check small inputs against what their report must say: python -m tests.cases FOLDER

The folder holds `cases.jsonl`, one line per file: `file`, `why`, and `expect` with any of

    total         the parameter count
    error, warning, info, or several joined with "|"
                  a pattern that the message or help of a finding of that severity must match
    never         a pattern that no finding may match
    error_free    no finding is an error
    convert       "refuse", or anything else for "writes a model"
    select        rules to run; their findings must be there

A line per case, then a tally; the exit code is 1 if a case fails.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from lstmlint import Options, analyze
from lstmlint.model.findings import SEVERITIES


def failures(path: Path, expect: dict[str, Any]) -> list[str]:
    """What the report of a file does not do."""
    select = tuple(expect["select"].split(",")) if "select" in expect else ()
    report = analyze(path, Options(extend_select=select))
    texts = [(finding.severity, f"{finding.message}\n{finding.help}") for finding in report.findings]
    wrong = []
    for key, wanted in expect.items():
        if key == "total":
            total = report.model.params if report.model else None
            wrong += [] if total == wanted else [f"total {total}, not {wanted}"]
        elif key == "never":
            wrong += [f"says: {text}" for _, text in texts if re.search(wanted, text)]
        elif key == "error_free":
            wrong += [f"error: {text}" for severity, text in texts if severity == "error"]
        elif key == "convert":
            command = [sys.executable, "-m", "lstmlint", "convert", str(path), "--to", "keras3"]
            code = subprocess.run(command, capture_output=True, check=False).returncode
            wrong += [] if (code != 0) == (wanted == "refuse") else [f"convert exits with {code}"]
        elif key == "select":
            wrong += [] if any(finding.code in select for finding in report.findings) else [f"{wanted} says nothing"]
        elif set(key.split("|")) <= set(SEVERITIES):
            said = [text for severity, text in texts if severity in key.split("|")]
            wrong += [] if any(re.search(wanted, text) for text in said) else [f"no {key} matches {wanted!r}"]
        else:
            raise ValueError(f"unknown expectation {key!r}")
    return wrong


def main(folder: Path) -> int:
    """Print a line per case; return the exit code."""
    cases = [json.loads(line) for line in (folder / "cases.jsonl").read_text("utf-8").splitlines()]
    failed = 0
    for case in cases:
        wrong = failures(folder / case["file"], case["expect"])
        failed += bool(wrong)
        print(f"{'FAILS' if wrong else 'passes'}  {case['file']}" + "".join(f"\n    {line}" for line in wrong))
    print(f"\n{len(cases) - failed} of {len(cases)} as expected")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
