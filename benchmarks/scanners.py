"""Compare lstmlint with other scanners on harmless probes: python -m benchmarks.scanners FOLDER [--honest FOLDER ...]

Writes the probes and the benign files of tests/security_probes.py into FOLDER, installs modelscan and modelaudit from PyPI
into environments of their own there, runs them and lstmlint, and prints who flags what. No probe does anything if it is
loaded. --honest counts the findings of lstmlint in folders of models that are no attacks.

--modelscan and --modelaudit name a Python with the scanner, instead of an installation. modelscan reads .keras files only
if TensorFlow is installed, too.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import venv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lstmlint import Options, analyze
from lstmlint.reading import looks_like_model
from lstmlint.reading.containers import suffixes
from tests.security_probes import BENIGN, FILES, PROBES, TEXTS, archive, dense, hdf5, k3, model

SCANNERS = {"modelscan": ["modelscan[h5py]", "tensorflow-cpu"], "modelaudit": ["modelaudit", "h5py"]}
Flagged = Callable[[Path, str], set[str]]


def probes() -> dict[str, tuple[str, bytes]]:
    """Return name -> (suffix, content). Configs go into archives, which all scanners read; those of Keras 2 into HDF5."""
    found: dict[str, tuple[str, bytes]] = {}
    for name, (config, *_) in PROBES.items():
        found[name] = packed(config)
    for name, (text, _) in TEXTS.items():
        found[name] = (".yaml" if name.startswith("YAML") else ".json"), text.encode()
    for name, (file, content, expected) in FILES.items():
        if expected:
            found[f"file: {name}"] = file.removeprefix("m"), content
    return found


def benign() -> dict[str, tuple[str, bytes]]:
    """Return name -> (suffix, content) of files without anything to report."""
    found = {name: packed(config) for name, config in BENIGN.items()}
    found |= {
        f"file: {name}": (file.removeprefix("m"), raw) for name, (file, raw, expected) in FILES.items() if not expected
    }
    for activation in ("relu", "tanh", "softmax"):
        found[f"activation {activation}"] = packed(model(dense(activation=activation)))
    for name in ("Dropout", "LSTM", "Embedding"):
        found[f"layer {name}"] = packed(model(k3(name, {"name": name.lower()})))
    return found


def packed(config: dict[str, Any]) -> tuple[str, bytes]:
    """Return a config as the file that its Keras writes."""
    if "module" in config:
        metadata = ("metadata.json", b'{"keras_version": "3.15.1"}')
        return ".keras", archive([("config.json", json.dumps(config).encode()), metadata])
    return ".h5", hdf5(config)


def write(folder: Path, files: dict[str, tuple[str, bytes]]) -> dict[str, str]:
    """Write files; return file name -> name of the probe."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {}
    for number, (name, (suffix, content)) in enumerate(files.items()):
        file = f"p{number:03}{suffix}"
        (folder / file).write_bytes(content)
        names[file] = name
    return names


def by_lstmlint(folder: Path, _python: str) -> set[str]:
    """Return the files in which lstmlint finds something."""
    return {path.name for path in folder.iterdir() if found_in(path)}


def found_in(path: Path) -> Counter[tuple[str, str]]:
    """Return the findings of group X in a file, counted by rule and severity."""
    findings = analyze(path, Options(select=("X",))).findings
    return Counter((finding.code, finding.severity) for finding in findings if finding.code.startswith("X"))


def by_modelscan(folder: Path, python: str) -> set[str]:
    """Return the files in which modelscan finds an issue."""
    output = folder.with_suffix(".modelscan.json")
    command = [python, "-m", "modelscan.cli", "scan", "-p", str(folder), "-r", "json", "-o", str(output)]
    subprocess.run(command, capture_output=True, check=False)
    return {issue["source"].split(":")[0].rpartition("/")[2] for issue in json.loads(output.read_text())["issues"]}


def by_modelaudit(folder: Path, python: str) -> set[str]:
    """Return the files in which modelaudit finds an issue that is a warning at least."""
    output = folder.with_suffix(".modelaudit.json")
    command = [python, "-m", "modelaudit.cli", "scan", "--format", "json", "-o", str(output), str(folder)]
    subprocess.run(command, capture_output=True, check=False)
    issues = [
        issue for issue in json.loads(output.read_text())["issues"] if issue["severity"] in ("warning", "critical")
    ]
    places = [str(issue["location"]).partition(f"{folder}/")[2] for issue in issues]
    return {file.name for file in folder.iterdir() if any(place.startswith(file.name) for place in places)}


def python_of(name: str, folder: Path) -> str | None:
    """Install a scanner; return its Python, or None if it cannot be installed."""
    environment = folder / f"venv-{name}"
    venv.create(environment, with_pip=True)
    python = str(environment / "bin" / "python")
    done = subprocess.run([python, "-m", "pip", "install", "-q", *SCANNERS[name]], capture_output=True, check=False)
    return python if done.returncode == 0 else None


def honest(folder: Path) -> tuple[int, Counter[tuple[str, str]]]:
    """Return the number of models in a folder, and the findings in them."""
    models, findings = 0, Counter[tuple[str, str]]()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in suffixes() and looks_like_model(path):
            models += 1
            findings += found_in(path)
    return models, findings


def main() -> None:
    """Write the files, run the scanners, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--honest", type=Path, nargs="*", default=[])
    parser.add_argument("--modelscan")
    parser.add_argument("--modelaudit")
    options = parser.parse_args()
    folder: Path = options.folder.resolve()
    names = write(folder / "probes", probes())
    clean = write(folder / "benign", benign())
    scanners: dict[str, tuple[Flagged, str]] = {"lstmlint": (by_lstmlint, sys.executable)}
    others: dict[str, Flagged] = {"modelscan": by_modelscan, "modelaudit": by_modelaudit}
    for name, flagged in others.items():
        python = getattr(options, name) or python_of(name, folder)
        if python is None:
            print(f"{name} cannot be installed here")
        else:
            scanners[name] = flagged, python
    caught = {name: flagged(folder / "probes", python) for name, (flagged, python) in scanners.items()}
    alarms = {name: flagged(folder / "benign", python) for name, (flagged, python) in scanners.items()}
    print(f"| probe | {' | '.join(scanners)} |\n|---|{'---|' * len(scanners)}")
    for file, probe in names.items():
        print(
            f"| {probe} ({Path(file).suffix}) | {' | '.join('yes' if file in caught[name] else '-' for name in scanners)} |"
        )
    print(f"| **{len(names)} probes** | {' | '.join(str(len(caught[name])) for name in scanners)} |")
    print(f"| **{len(clean)} benign files** | {' | '.join(str(len(alarms[name])) for name in scanners)} |")
    for name, files in alarms.items():
        if files:
            print(f"{name} flags benign files: {', '.join(sorted(clean.get(file, file) for file in files))}")
    for place in options.honest:
        models, findings = honest(place)
        shown = ", ".join(f"{count} x {code} {severity}" for (code, severity), count in sorted(findings.items()))
        print(f"{place}: {models:,} models, {shown or 'no findings'}")


if __name__ == "__main__":
    main()
