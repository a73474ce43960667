"""Write lstmlint/signatures/keras3.py and keras2.py from the layers' own signatures.

Usage: python scripts/generate_signatures.py keras     (needs the `referee` extra)
       python scripts/generate_signatures.py tf_keras  (needs tensorflow-cpu and tf_keras)

The constructor of a Keras layer passes `**kwargs` on to its base class, so the accepted arguments are collected along the
method resolution order, up to `Layer`. Names that a constructor pops from `**kwargs` are arguments too (LSTM's
`implementation`, a lookup's `vocabulary_size`), and so are names that `from_config` pops from the config (the shapes for
which tf_keras's MultiHeadAttention was built). These come last.
"""

from __future__ import annotations

import ast
import inspect
import os
import sys
import textwrap
from importlib import import_module
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "numpy")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ROOT = Path(__file__).resolve().parent.parent
TARGETS = {"keras": "keras3.py", "tf_keras": "keras2.py"}
BASE_ARGUMENTS = {"name", "trainable", "dtype", "autocast", "activity_regularizer", "dynamic"}


def plain(value: Any) -> Any:
    """Return the default in the form that JSON would have, or None if it is an object of the framework."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str | list):
        return value
    return getattr(value, "__name__", None)


def popped(function: Any, variable: str = "kwargs") -> dict[str, Any]:
    """Return the arguments that a function pops from a dict (`kwargs.pop("name", default)`)."""
    found: dict[str, Any] = {}
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        match node:
            case ast.Call(ast.Attribute(ast.Name(held), "pop"), [ast.Constant(str(name)), *rest]) if held == variable:
                found[name] = rest[0].value if rest and isinstance(rest[0], ast.Constant) else None
            case ast.Delete([ast.Subscript(ast.Name(held), ast.Constant(str(name)))]) if held == variable:
                found[name] = None
    return found


def supplied(function: Any) -> set[str]:
    """Return the arguments that a constructor passes to its base class (`super().__init__(pool_mode="max")`)."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        match node:
            case ast.Call(ast.Attribute(ast.Call(ast.Name("super")), "__init__"), _, keywords):
                found |= {keyword.arg for keyword in keywords if isinstance(keyword.arg, str)}
    return found


def arguments(cls: Any, base: type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    hidden: dict[str, Any] = {}
    entered = False
    given: set[str] = set()
    for ancestor in cls.__mro__:
        if ancestor is base:
            break
        if "__init__" not in ancestor.__dict__:
            continue
        parameters = list(inspect.signature(ancestor.__init__).parameters.values())[1:]
        passes_on = False
        for parameter in parameters:
            if parameter.kind is parameter.VAR_KEYWORD:
                passes_on = True
            elif parameter.name in given:
                continue  # a second value for it would be an error
            elif parameter.kind is not parameter.VAR_POSITIONAL and parameter.name not in found:
                required = parameter.default is parameter.empty
                if required and entered:
                    continue  # the subclass supplies it itself, as LSTM does with RNN's `cell`
                found[parameter.name] = "REQUIRED" if required else plain(parameter.default)
        if passes_on:
            hidden = {**popped(ancestor.__init__), **hidden}
        entered = True
        given |= supplied(ancestor.__init__) - found.keys()
        if not passes_on:
            break
    if "from_config" in cls.__dict__:
        hidden |= popped(cls.from_config, "config")
    return {**found, **{name: default for name, default in hidden.items() if name not in found}}


def calls(classes: dict[str, Any]) -> list[str]:
    """Return the table of call arguments."""
    lines = [
        "# What a layer can be called with, where that is known in full.",
        "CALLS: Final[dict[str, str]] = {",
    ]
    for name, cls in sorted(classes.items()):
        parameters = list(inspect.signature(cls.call).parameters.values())[1:]
        if not any(parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL) for parameter in parameters):
            lines.append(f'    "{name}": "{" ".join(parameter.name for parameter in parameters)}",')
    return [*lines, "}", ""]


def compile_objects(keras: Any) -> None:
    """Write the table of the constructor arguments of optimizers, schedules, losses and metrics."""
    spaces = (
        ("OPTIMIZERS", keras.optimizers, keras.optimizers.Optimizer),
        ("SCHEDULES", keras.optimizers.schedules, keras.optimizers.schedules.LearningRateSchedule),
        ("LOSSES", keras.losses, keras.losses.Loss),
        ("METRICS", keras.metrics, keras.metrics.Metric),
    )
    lines = [
        f'"""What a compile_config can name, in keras {keras.__version__}: classes, and what their constructors take.',
        "",
        'Generated by scripts/generate_signatures.py; do not edit. "!" stands after what has no default,',
        '"*" for anything else.',
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
    ]
    for title, space, base in spaces:
        lines.append(f"{title}: Final[dict[str, str]] = {{")
        for name in sorted(dir(space)):
            cls = getattr(space, name)
            if inspect.isclass(cls) and issubclass(cls, base) and cls is not base:
                parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
                named = [p for p in parameters if p.kind is not p.VAR_KEYWORD]
                names = [p.name + "!" * (p.default is p.empty) for p in named]
                open_ended = len(names) < len(parameters) and (title != "OPTIMIZERS" or "learning_rate" not in names)
                lines.append(f'    "{name}": "{" ".join([*names, "*"] if open_ended else names)}",')
        lines += ["}", ""]
    target = ROOT / "lstmlint" / "signatures" / "compile.py"
    target.write_text("\n".join(lines))


def main(package: str) -> None:
    keras = import_module(package)
    spaces = [keras.layers]
    if hasattr(keras.layers, "experimental"):
        spaces += [keras.layers.experimental, keras.layers.experimental.preprocessing]
    classes: dict[str, type] = {}
    aliases: dict[str, str] = {}
    for space in spaces:
        for name in sorted(dir(space)):
            cls = getattr(space, name)
            if not isinstance(cls, type) or not issubclass(cls, keras.layers.Layer):
                continue
            if cls.__name__ != name:
                aliases[name] = cls.__name__
            classes.setdefault(cls.__name__ if cls.__name__ == name else name, cls)
    lines = [
        f'"""Arguments of every layer of {package} {keras.__version__}, with their defaults.',
        "",
        "Generated by scripts/generate_signatures.py; do not edit.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import Any, Final",
        "",
        "",
        "class _Required:",
        '    """The default of an argument that has none."""',
        "",
        "    def __repr__(self) -> str:",
        '        return "REQUIRED"',
        "",
        "",
    ]
    if package == "keras":
        lines += ["REQUIRED: Final = _Required()", ""]
    else:
        lines = [*lines[:6], "from typing import Any, Final", "", "from lstmlint.signatures.keras3 import REQUIRED", ""]
    lines.append("SIGNATURES: Final[dict[str, dict[str, Any]]] = {")
    for name, cls in sorted(classes.items()):
        own = {k: v for k, v in arguments(cls, keras.layers.Layer).items() if k not in BASE_ARGUMENTS}
        body = ", ".join(
            f'"{k}": ' + ("REQUIRED" if v == "REQUIRED" else repr(v).replace("'", '"')) for k, v in own.items()
        )
        lines.append(f'    "{name}": {{{body}}},')
    lines += ["}", ""]
    if package == "keras":
        lines += calls(classes)
        compile_objects(keras)
    target = ROOT / "lstmlint" / "signatures" / TARGETS[package]
    target.write_text("\n".join(lines))
    print(f"{target.relative_to(ROOT)}: {len(classes)} classes, aliases {aliases}")


if __name__ == "__main__":
    main(sys.argv[1])
