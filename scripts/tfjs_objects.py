"""Find what TensorFlow.js can deserialize in the npm package @tensorflow/tfjs-layers.

A class can be named by a config if it is registered (`serialization.registerClass(Dense)`). Its constructor takes one object,
whose type declaration lists the keys. Other keys are ignored. A config has the keys and identifiers in snake case, as Keras
writes them; TensorFlow.js translates them to camel case when it reads the file.
"""

from __future__ import annotations

import posixpath
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

from scripts.history_file import Entry, Table
from scripts.keras_source import REQUIRED, Accepted

PACKAGE = "@tensorflow/tfjs-layers"
KINDS = ("activations", "constraints", "initializers", "losses", "metrics", "optimizers", "regularizers")
IDENTIFIERS = {"losses": "lossesMap = {", "metrics": "metricsMap = {", "optimizers": "optimizerMap = {"}
Interfaces = dict[str, tuple[list[str], dict[str, bool]]]  # name -> bases, and key -> whether it is required


def newest() -> str:
    """Return the newest version on the npm registry."""
    return subprocess.run(
        ["npm", "view", PACKAGE, "version"], check=True, capture_output=True, text=True
    ).stdout.strip()


def files(version: str, folder: Path) -> dict[str, str]:
    """Return the text of the package's modules by path. Downloads the package unless the folder has it."""
    stored = folder / f"tensorflow-tfjs-layers-{version}.tgz"
    if not stored.exists():
        with tempfile.TemporaryDirectory() as scratch:
            subprocess.run(["npm", "pack", f"{PACKAGE}@{version}"], check=True, capture_output=True, cwd=scratch)
            (packed,) = Path(scratch).glob("*.tgz")
            stored.write_bytes(packed.read_bytes())
    found: dict[str, str] = {}
    with tarfile.open(stored) as archive:
        for member in archive:
            path = member.name.removeprefix("package/dist/")
            opened = archive.extractfile(member)
            if opened and re.fullmatch(r"(?!tf-layers|miniprogram).+\.(d\.ts|js)", path) and "_test." not in path:
                found[path] = opened.read().decode()
    return found


def snake_case(name: str) -> str:
    """Return a name in snake case."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def camel_case(name: str) -> str:
    """Return an identifier as TensorFlow.js translates it."""
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


def loaded(texts: dict[str, str]) -> set[str]:
    """Return the modules that the package imports, and so registers."""
    found: set[str] = set()
    waiting = ["index.js"]
    while waiting:
        path = waiting.pop()
        if path in texts and path not in found:
            found.add(path)
            for target in re.findall(r"^(?:import|export) (?:[^;]*? from )?'(\.[^']+)'", texts[path], re.M):
                waiting.append(posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) + ".js")
    return found


def kind_of(path: str) -> str:
    """Return the kind of the classes of a module."""
    stem = path.removesuffix(".js")
    if stem in KINDS:
        return stem
    return "models" if stem in {"models", "engine/training"} else "layers"


def interfaces(texts: dict[str, str]) -> Interfaces:
    """Return the interfaces that the type declarations define."""
    found: Interfaces = {}
    for path, text in texts.items():
        if path.endswith(".d.ts"):
            for name, bases, body in re.findall(r"interface (\w+)(?: extends ([^{]+?))? \{(.*?)\n?\}\n", text, re.S):
                keys = {key: not optional for key, optional in re.findall(r"^    (\w+)(\??):", body, re.M)}
                found[name] = (re.findall(r"\b(?!Omit|Pick|Partial)[A-Z]\w+", bases), keys)
    return found


def keys_of(name: str, known: Interfaces) -> dict[str, bool]:
    """Return the keys of an interface, its own before those of its bases."""
    bases, own = known.get(name, ([], {}))
    found = dict(own)
    for base in bases:
        found |= {key: required for key, required in keys_of(base, known).items() if key not in found}
    return found


def read_tfjs(texts: dict[str, str]) -> Table:
    """Return what the package can deserialize, by kind and name."""
    known = interfaces(texts)
    found: Table = {}
    for path in sorted(loaded(texts)):
        text = texts[path]
        kind = kind_of(path)
        names = dict(re.findall(r"^(\w+)\.className = '(\w+)'", text, re.M))
        declared = texts.get(path.removesuffix(".js") + ".d.ts", "")
        parents = dict(re.findall(r"class (\w+) extends (\w+)", declared))
        types = dict(
            re.findall(r"\nexport [a-z ]*class (\w+) [^{]*\{(?:(?!\n\}).)*?constructor\(\w+\??: (\w+)", declared, re.S)
        )
        for cls in re.findall(r"registerClass\((\w+)", text):
            owner = cls
            while owner not in types and owner in parents:
                owner = parents[owner]
            keys = keys_of(types.get(owner, ""), known)
            arguments = {snake_case(key): REQUIRED if required else None for key, required in keys.items()}
            name = names.get(cls, cls)
            if kind == "activations":
                if camel_case(snake_case(name)) != name:
                    continue  # no identifier becomes this name
                name = snake_case(name)
            found.setdefault(kind, {})[name] = Entry(Accepted(arguments, extra=True), ("",))
        for identifier, cls in re.findall(r"^    '(\w+)': '(\w+)'", text, re.M):  # the maps of identifiers
            if cls in found.get(kind, {}):
                found[kind][snake_case(identifier)] = found[kind][cls]
        if kind in IDENTIFIERS:
            body = text.partition(IDENTIFIERS[kind])[2].partition("};")[0]
            for identifier in re.findall(r"^        ?'?(\w+)'?[,:\n]|^    (\w+)[,\n]", body, re.M):
                name = next(filter(None, identifier))
                arguments = {} if kind == "optimizers" else {"y_true": REQUIRED, "y_pred": REQUIRED}
                for spelled in {name, name.lower()} if kind == "optimizers" else {snake_case(name)}:
                    found.setdefault(kind, {})[spelled] = Entry(Accepted(arguments, extra=kind == "optimizers"), ("",))
    return {kind: dict(sorted(rows.items())) for kind, rows in sorted(found.items())}
