"""Write lstmlint/signatures/history.json: what each release of Keras can deserialize, and with which arguments.

Usage: python scripts/generate_history.py            adds the releases that have appeared on the package index
       python scripts/generate_history.py 3.15 tf2.5 reads these releases again
       python scripts/generate_history.py --all      reads every release again (downloads about 1 GB)

Releases are downloaded with pip (TensorFlow.js with npm) and read as text; nothing is imported. The newest patch release
stands for its minor release. `--wheels FOLDER` keeps the downloaded modules for the next run. TensorFlow 2.0 to 2.5 contain
Keras themselves. From 2.6 to 2.15, tf.keras is the package `keras` of the same version.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts import tfjs_objects
from scripts.history_file import Table, read_history, write_history
from scripts.keras2_objects import read_keras2
from scripts.keras3_objects import read_keras3

ROOT = Path(__file__).resolve().parent.parent
PLATFORM = ("--python-version", "37", "--implementation", "cp", "--abi", "cp37m", "--platform", "manylinux2010_x86_64")


class Release(NamedTuple):
    """A release: its name, the package and version that contain it, and the prefix of its modules there."""

    name: str
    package: str
    version: str
    prefix: str


def versions(package: str) -> dict[str, str]:
    """Return the newest patch release of each minor release on the package index, by minor release."""
    command = [sys.executable, "-m", "pip", "index", "versions", package, "--ignore-requires-python"]
    if package.startswith("tensorflow"):
        command += ["--only-binary=:all:", *PLATFORM]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"Available versions: (.+)", output)
    if not found:
        raise SystemExit(f"pip lists no versions of {package}")
    newest: dict[str, str] = {}
    for version in found[1].split(", "):  # newest first
        if re.fullmatch(r"\d+\.\d+\.\d+", version):
            newest.setdefault(".".join(version.split(".")[:2]), version)
    return newest


def known_releases() -> list[Release]:
    """Return the releases on the package index, oldest to newest in each line."""
    keras = versions("keras")
    found = [Release(m, "keras", v, "keras/") for m, v in keras.items() if m in {"2.0", "2.1", "2.2", "2.3"}]
    tensorflow = {"2.0": ("tensorflow", versions("tensorflow")["2.0"])}
    tensorflow |= {m: ("tensorflow-cpu", v) for m, v in versions("tensorflow-cpu").items()}  # smaller, but not for 2.0
    found += [
        Release(f"tf{minor}", package, version, "tensorflow")
        for minor, (package, version) in tensorflow.items()
        if minor.startswith("2.") and int(minor[2:]) < 6
    ]
    found += [
        Release(f"tf{m}", "keras", v, "keras/") for m, v in keras.items() if m.startswith("2.") and int(m[2:]) >= 6
    ]
    found += [
        Release(f"tf_keras{m}", "tf_keras", v, "tf_keras/") for m, v in versions("tf_keras").items() if int(m[2:]) >= 16
    ]
    found += [Release(m, "keras", v, "keras/") for m, v in keras.items() if m.startswith("3.")]
    found.append(Release("tfjs", tfjs_objects.PACKAGE, tfjs_objects.newest(), ""))
    return sorted(found, key=lambda release: order(release.name))


def order(release: str) -> tuple[int, int]:
    """Return the sort key of a release's name: lines in the order 2, tf, tf_keras, 3, tfjs."""
    if release == "tfjs":
        return 9, 0
    line, minor = re.fullmatch(r"(tf_keras2|tf2|2|3)\.(\d+)", release).groups()  # type: ignore[union-attr]
    return ["2", "tf2", "tf_keras2", "3"].index(line), int(minor)


def modules(release: Release, folder: Path) -> dict[str, str]:
    """Return the text of a release's modules by name. Downloads the release unless the folder has it."""
    stored = folder / f"{release.package}-{release.version}.zip"
    if not stored.exists():
        with tempfile.TemporaryDirectory() as scratch:
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", scratch]
            command += ["--ignore-requires-python", *(PLATFORM if release.package.startswith("tensorflow") else ())]
            subprocess.run([*command, f"{release.package}=={release.version}"], check=True)
            (wheel,) = Path(scratch).glob("*.whl")
            with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as target:
                for name in source.namelist():
                    if wanted(name):
                        target.writestr(name, source.read(name))
    with zipfile.ZipFile(stored) as archive:
        names = [name for name in archive.namelist() if name.startswith(release.prefix)]
        return {
            name.removesuffix(".py").replace("/", ".").replace("tensorflow_core.", "tensorflow.", 1): archive.read(
                name
            ).decode()
            for name in names
        }


def wanted(name: str) -> bool:
    """Return whether a member of a wheel is a module of Keras, and not a test."""
    if not name.endswith(".py") or name.endswith("_test.py") or "/tests/" in name:
        return False
    return "tensorflow" not in name or bool(
        re.match(r"(tensorflow|tensorflow_core)/(python/keras/|python/ops/init_ops|python/feature_column/)", name)
    )


def read(release: Release, folder: Path) -> Table:
    """Return what a release can deserialize."""
    if release.name == "tfjs":
        return tfjs_objects.read_tfjs(tfjs_objects.files(release.version, folder))
    texts = modules(release, folder)
    if release.name.startswith("3."):
        return read_keras3(texts)
    return read_keras2(
        texts, "tensorflow.python.keras" if release.package.startswith("tensorflow") else release.package
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("releases", nargs="*", help="the releases to read again, such as 3.15 or tf2.5")
    parser.add_argument("--all", action="store_true", help="read every release again")
    parser.add_argument(
        "--wheels", type=Path, default=ROOT / "build" / "wheels", help="the folder of downloaded modules"
    )
    options = parser.parse_args()
    options.wheels.mkdir(parents=True, exist_ok=True)
    versions, tables = read_history()
    published = {release.name: release for release in known_releases()}
    for name in options.releases:
        if name not in published:
            parser.error(f"unknown release {name}; the package index has {', '.join(published)}")
    for name, release in published.items():
        label = f"{release.package} {release.version}"
        if options.all or name in options.releases or versions.get(name) != label:
            print(name, label, flush=True)
            versions[name], tables[name] = label, read(release, options.wheels)
    ordered = sorted(tables, key=order)
    write_history({name: versions[name] for name in ordered}, {name: tables[name] for name in ordered})


if __name__ == "__main__":
    main()
