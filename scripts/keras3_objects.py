"""Find what Keras 3 can deserialize in the source of one release.

Keras 3 looks a class up by its export path (`keras.layers.Dense`), which the decorator `keras_export` registers, or else in
the module that defines it (`keras.src.layers.core.dense`). Identifiers without a module (`"glorot_uniform"`, `"mse"`) are
looked up in the `ALL_OBJECTS_DICT` of their kind.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from scripts.history_file import Entry
from scripts.keras_source import Callable, Class, Constructors, Source, flat

# The base classes of each kind, the more special kinds first.
BASES = {
    "models": ("models.model.Model",),
    "layers": ("layers.layer.Layer",),
    "operations": ("ops.operation.Operation",),
    "initializers": ("initializers.initializer.Initializer",),
    "regularizers": ("regularizers.regularizers.Regularizer",),
    "constraints": ("constraints.constraints.Constraint",),
    "losses": ("losses.loss.Loss",),
    "metrics": ("metrics.metric.Metric",),
    "schedules": ("optimizers.schedules.learning_rate_schedule.LearningRateSchedule",),
    "optimizers": ("optimizers.base_optimizer.BaseOptimizer",),
    "dtype_policies": ("dtype_policies.dtype_policy.DTypePolicy", "dtype_policies.dtype_policy_map.DTypePolicyMap"),
    "quantizers": ("quantizers.quantizers.Quantizer", "quantizers.quantization_config.QuantizationConfig"),
}
OTHERS = {"SeedGenerator", "Feature", "Cross", "AWQConfig", "GPTQConfig"}  # configs name them, but no kind has them
FUNCTIONS = {"activations", "losses", "metrics"}
HELPERS = {"get", "serialize", "deserialize"}
KINDS_WITH_IDENTIFIERS = (
    "initializers", "regularizers", "constraints", "activations", "losses", "metrics", "optimizers", "dtype_policies",
    "quantizers",
)  # fmt: skip


def exports(node: ast.ClassDef | ast.FunctionDef) -> Iterator[str]:
    """Yield the public paths of a class or function."""
    for decorator in node.decorator_list:
        match decorator:
            case ast.Call(ast.Name("keras_export"), [paths, *_]):
                for item in paths.elts if isinstance(paths, ast.List | ast.Tuple) else [paths]:
                    if isinstance(item, ast.Constant) and isinstance(item.value, str):
                        yield item.value


def snake_case(name: str) -> str:
    """Return a class name in snake case, as Keras's `to_snake_case` does."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def identifiers(source: Source, kind: str) -> dict[str, Any]:
    """Return what an identifier without a module can stand for, by name."""
    module = source.find(f"keras.src.{kind}")
    if module is None:
        return {}
    found: dict[str, Any] = {}
    for node in flat(source.tree(module).body):
        match node:
            case ast.Assign([ast.Name("ALL_OBJECTS_DICT")], ast.DictComp(key)):
                found |= spelled(source, module, key)
            case ast.Expr(ast.Call(ast.Attribute(ast.Name("ALL_OBJECTS_DICT"), "update"), [ast.DictComp(key)])):
                found |= spelled(source, module, key)
            case ast.Expr(ast.Call(ast.Attribute(ast.Name("ALL_OBJECTS_DICT"), "update"), [ast.Dict(keys, values)])):
                for name, value in zip(keys, values, strict=True):
                    assert isinstance(name, ast.Constant)
                    assert isinstance(name.value, str)
                    found[name.value] = source.resolve_expression(module, value)
            case ast.Assign([ast.Subscript(ast.Name("ALL_OBJECTS_DICT"), ast.Constant(str(name)))], value):
                found[name] = source.resolve_expression(module, value)
    return found


def spelled(source: Source, module: str, key: ast.expr) -> dict[str, Any]:
    """Return the objects of `ALL_OBJECTS` under their names as `key` spells them."""
    text = ast.unparse(key)
    spell = snake_case if "to_snake_case" in text else str.lower if ".lower()" in text else str
    entry = source.table(module)["ALL_OBJECTS"][2]
    objects = [source.resolve_expression(module, item) for item in entry.elts]
    return {spell(item.node.name): item for item in objects}


def kind_of(source: Source, cls: Class) -> str | None:
    """Return the kind of a class."""
    for kind, bases in BASES.items():
        if source.is_a(cls, [f"keras.src.{base}" for base in bases]):
            return kind
    return "others" if cls.name in OTHERS else None


def objects(source: Source) -> Iterator[tuple[str, str, Class | Callable, str]]:
    """Yield (kind, name, object, module under which it is found); the module of an identifier is ""."""
    for module in sorted(source.texts):
        if not module.startswith("keras.src.") or ".testing." in module or ".backend." in module:
            continue
        for item in list(source.table(module).values()):
            if isinstance(item, Class) and item.module == module:
                kind = kind_of(source, item)
                if kind:
                    for path in exports(item.node):
                        if path.startswith("keras._"):
                            continue  # it is not registered before its module is imported
                        space, _, name = path.rpartition(".")
                        yield kind, name, item, space
                    yield kind, item.name, item, module.removesuffix(".__init__")
            elif isinstance(item, Callable) and item.module == module and isinstance(item.node, ast.FunctionDef):
                for path in exports(item.node):
                    space, _, name = path.rpartition(".")
                    kind = space.removeprefix("keras.")
                    if kind in FUNCTIONS and name not in HELPERS:
                        yield kind, name, item, space
    for kind in KINDS_WITH_IDENTIFIERS:
        for name, item in identifiers(source, kind).items():
            if isinstance(item, Class | Callable):
                yield (
                    kind_of(source, item) or kind if isinstance(item, Class) and kind == "quantizers" else kind,
                    name,
                    item,
                    "",
                )
    layers = source.find("keras.src.layers")
    assert layers
    for name in source.table(layers):  # the loader of old HDF5 files finds everything that the package imports
        item = source.resolve(layers, name)
        if isinstance(item, Class) and kind_of(source, item) == "layers":
            yield "layers", name, item, ""


def read_keras3(texts: dict[str, str]) -> dict[str, dict[str, Entry]]:
    """Return what a release of Keras 3 can deserialize, by kind and name."""
    source = Source(texts)
    constructors = Constructors(source)
    found: dict[str, dict[str, tuple[Class | Callable, list[str]]]] = {}
    for kind, name, item, path in objects(source):
        rows = found.setdefault(kind, {})
        if name not in rows or (path.count(".") == 1 and rows[name][1][0].count(".") > 1 and rows[name][0] is not item):
            rows[name] = (item, [])  # a public name wins over a private one
        if rows[name][0] is item and path not in rows[name][1]:
            rows[name][1].append(path)
    return {
        kind: {name: entry(constructors, item, paths) for name, (item, paths) in sorted(rows.items())}
        for kind, rows in sorted(found.items())
    }


def entry(constructors: Constructors, item: Class | Callable, paths: list[str]) -> Entry:
    """Return what the history says about a class or function."""
    accepted = (
        constructors.accepted_by_config(item) if isinstance(item, Class) else constructors.accepted_by_function(item)
    )
    return Entry(accepted, tuple(sorted(paths, key=rank)))


def rank(path: str) -> tuple[bool, bool, int, str]:
    """Return the sort key of a module: public ones first, identifiers last."""
    return path == "", ".src" in path or "._" in path, len(path), path
