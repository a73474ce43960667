"""Find what Keras 2, tf.keras and tf_keras can deserialize in the source of one release.

These releases look a class up by its name, in a table for each kind: the names of a module (`globals()`), or what
`populate_deserializable_objects` collects. From TensorFlow 2.12 on, `.keras` files name a module as well: an export path
(`keras.layers`), or the module that defines the class.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scripts.history_file import Table
from scripts.keras3_objects import OTHERS, entry, exports, rank, snake_case
from scripts.keras_source import Callable, Class, Constructors, Function, Source, flat

Objects = dict[str, Class | Callable]

BASES = {
    "models": {"Model", "Network", "Container"},
    "layers": {"Layer"},
    "initializers": {"Initializer"},
    "regularizers": {"Regularizer"},
    "constraints": {"Constraint"},
    "losses": {"Loss"},
    "metrics": {"Metric"},
    "schedules": {"LearningRateSchedule"},
    "optimizers": {"Optimizer", "OptimizerV2", "_BaseOptimizer"},
    "dtype_policies": {"Policy"},
}
PARAMETERS = {"activations": "x", "losses": "y_true", "metrics": "y_true"}  # the first parameter of functions of a kind
FUNCTIONS = {"regularizers": {"l1", "l2", "l1_l2"}}
MODULES = {
    "layers": ("layers.serialization", "layers"),
    "initializers": ("initializers",),
    "regularizers": ("regularizers",),
    "constraints": ("constraints",),
    "activations": ("activations",),
    "losses": ("losses",),
    "metrics": ("metrics",),
    "optimizers": ("optimizers",),
    "schedules": (
        "optimizers.schedules.learning_rate_schedule",
        "optimizer_v2.learning_rate_schedule",
        "optimizers.optimizer_v2.learning_rate_schedule",
    ),
    "dtype_policies": ("mixed_precision.policy", "mixed_precision.experimental.policy"),
}


def kind_of(source: Source, cls: Class) -> str | None:
    """Return the kind of a class, judging by the names of its base classes."""
    names = {base.name for base in source.order(cls)}
    if "Metric" in names:
        return "metrics"
    for kind, bases in BASES.items():
        if names & bases:
            return kind
    return "others" if cls.name in OTHERS else None


def fits(kind: str, name: str, item: Class | Callable, source: Source) -> bool:
    """Return whether an object of a lookup table is of a kind, rather than a helper that the module happens to import."""
    if isinstance(item, Class):
        found = kind_of(source, item)
        return found == kind or (kind == "layers" and found == "models")
    if name.startswith("_"):
        return False
    if kind in FUNCTIONS:
        return name in FUNCTIONS[kind]
    if kind == "initializers":
        first = item.node.args.args[:1]
        return bool(first) and first[0].arg in {"seed", "scale"}
    arguments = item.node.args.args
    return kind in PARAMETERS and bool(arguments) and arguments[0].arg == PARAMETERS[kind]


class Tables:
    """The lookup tables of one release."""

    def __init__(self, source: Source, root: str) -> None:
        self.source = source
        self.root = root

    def of(self, kind: str) -> Objects:
        """Return what a kind's deserialization finds by name."""
        module = next(filter(None, (self.source.find(f"{self.root}.{name}") for name in MODULES[kind])), None)
        if module is None:
            return {}
        functions = {node.name: node for node in self.source.tree(module).body if isinstance(node, ast.FunctionDef)}
        populate, deserialize = functions.get("populate_deserializable_objects"), functions.get("deserialize")
        if populate:
            found = self.populated(module, populate)
        elif kind in {"optimizers", "dtype_policies"} and deserialize:
            found = {}
        elif kind == "initializers" and self.source.find("tensorflow.python.ops.init_ops_v2"):
            found = self.everything("tensorflow.python.ops.init_ops_v2")
        else:
            found = self.everything(module)
        if deserialize:
            found |= self.assigned(module, deserialize)
            found |= self.dictionaries(module, deserialize)
        renamed = self.source.constant(module, ast.Name("_DESERIALIZATION_TABLE"))
        if isinstance(renamed, dict):
            found |= {old: found[new] for old, new in renamed.items() if new in found}
        return {name: item for name, item in found.items() if fits(kind, name, item, self.source)}

    def everything(self, module: str) -> Objects:
        """Return the classes and functions among the names of a module."""
        found = {name: self.source.resolve(module, name) for name in self.source.table(module)}
        return {name: item for name, item in found.items() if isinstance(item, Class | Callable)}

    def populated(self, module: str, function: Function) -> Objects:
        """Return what a `populate_deserializable_objects` collects."""
        found: Objects = {}
        for node in flat(function.body):
            match node:
                case ast.Expr(ast.Call(ast.Attribute(_, "populate_dict_with_module_objects"), [target, modules, *_])):
                    collected: Objects = {}
                    for name in self.modules(module, modules):
                        collected |= self.everything(name)
                    if isinstance(target, ast.Name):  # the initializers, under two names each
                        collected = {k: v for k, v in collected.items() if fits("initializers", k, v, self.source)}
                        collected |= {snake_case(name): item for name, item in collected.items()}
                    found |= collected
        return found | self.assigned(module, function, found)

    def modules(self, module: str, node: ast.expr) -> Iterator[str]:
        """Yield the modules that an expression lists."""
        if isinstance(node, ast.Name):
            entry = self.source.table(module)[node.id]
            node = entry[2]
        if isinstance(node, ast.Tuple | ast.List):
            for item in node.elts:
                match self.source.resolve_expression(module, item):
                    case ("module", str(name)):
                        yield name

    def assigned(self, module: str, function: Function, known: Objects | None = None) -> Objects:
        """Return the objects that a function adds to a table by name (`globs["Model"] = models.Model`)."""
        found: Objects = {}
        for node in flat(function.body):
            match node:
                case ast.Assign(
                    [ast.Subscript(_, ast.Constant(str(name)))], ast.Subscript(_, ast.Constant(str(other)))
                ):
                    if known and other in known:
                        found[name] = known[other]
                case ast.Assign([ast.Subscript(_, ast.Constant(str(name)))], value):
                    item = self.source.resolve_expression(module, value)
                    if isinstance(item, Class | Callable):
                        found[name] = item
        return found

    def dictionaries(self, module: str, function: Function) -> Objects:
        """Return the objects of the table that a function writes out (`all_classes = {"adam": Adam}`).

        If there are two, the second holds the legacy optimizers.
        """
        found: Objects = {}
        prefix = ""
        for node in flat(function.body):
            match node:
                case ast.Assign([ast.Name("all_classes" | "module_objects")], ast.Dict(keys, values)):
                    for key, value in zip(keys, values, strict=True):
                        item = self.source.resolve_expression(module, value)
                        if isinstance(key, ast.Constant) and isinstance(key.value, str) and isinstance(item, Class):
                            found[prefix + key.value] = item
                            if item.name.lower() == key.value.lower():
                                found[prefix + item.name] = item
                    prefix = "legacy."
        return found


def read_keras2(texts: dict[str, str], root: str) -> Table:
    """Return what a release can deserialize, by kind and name. `root` is the package of Keras in `texts`."""
    source = Source(texts)
    constructors = Constructors(source)
    root = f"{root}.src" if source.find(f"{root}.src") else root
    tables = Tables(source, root)
    found: dict[str, dict[str, tuple[Class | Callable, list[str]]]] = {}
    for kind in MODULES:
        for name, item in tables.of(kind).items():
            actual = kind_of(source, item) if isinstance(item, Class) else kind
            found.setdefault(actual or kind, {}).setdefault(name, (item, []))[1].append("")
    if source.find(f"{root}.saving.serialization_lib"):
        for kind, name, item, path in exported(source):
            rows = found.setdefault(kind, {})
            if name not in rows:
                rows[name] = (item, [])
            if rows[name][0] is item and path not in rows[name][1]:
                rows[name][1].append(path)
    return {
        kind: {name: entry(constructors, item, sorted(paths, key=rank)) for name, (item, paths) in sorted(rows.items())}
        for kind, rows in sorted(found.items())
    }


def exported(source: Source) -> Iterator[tuple[str, str, Class | Callable, str]]:
    """Yield (kind, name, object, module) of what can be named by a module: export paths first."""
    private = []
    for module in sorted(source.texts):
        if any(
            part in module for part in (".api.", "_v1", "legacy_tf_layers", "feature_column", "test", ".compile_utils")
        ):
            continue
        for item in list(source.table(module).values()):
            if not (isinstance(item, Class | Callable) and item.module == module):
                continue
            kind = kind_of(source, item) if isinstance(item, Class) else None
            if isinstance(item.node, ast.ClassDef | ast.FunctionDef):
                for path in exports(item.node):
                    space, _, name = path.rpartition(".")
                    of_kind = kind if isinstance(item, Class) else space.removeprefix("keras.")
                    if of_kind == "optimizers" and space == "keras.optimizers.legacy":
                        name = f"legacy.{name}"
                    if of_kind in BASES | PARAMETERS | {"others": 0} and fits(of_kind, name, item, source):
                        yield of_kind, name, item, space
            if isinstance(item, Class) and kind:
                private.append((kind, item.name, item, module.removesuffix(".__init__")))
    yield from private
