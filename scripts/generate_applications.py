"""Write lstmlint/python/architectures from what scripts/record_applications.py recorded.

    python scripts/generate_applications.py RECORDS

The architecture of a function is found by comparing the models that Keras built for different arguments. What is the same in
all of them is written as it is. A value that differs must follow one of the rules of lstmlint/python/architecture.py. Layers
that exist for some arguments only are segments with a condition. At the end, every recorded model must come out again, equal in
everything.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from lstmlint.python import applications, architecture

TARGET = Path(applications.__file__).parent / "architectures"
DIALECTS = ("keras3", "keras2")
HEAD_FLAGS = ("include_preprocessing", "imagenet", "three_channels")
TAIL_FLAGS = ("include_top", "pooling", "dropout")


class Unexplained(Exception):
    """A difference between two recorded models that no rule explains."""


def records(path: Path) -> list[dict[str, Any]]:
    """Return the records of a function."""
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]


def parameters_of(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the parameters of a function with their defaults.

    The ResNets of tf_keras take classifier_activation as one of the arguments that they hand on.
    """
    found = dict(lines[0]["parameters"])
    found.setdefault("classifier_activation", "softmax")
    return found


def snake(name: str) -> str:
    """Return the prefix of the automatic names of a class."""
    name = re.sub("(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


class Recorded:
    """A recorded model: its arguments, with the defaults, and its layers by name."""

    def __init__(self, dialect: str, arguments: dict[str, Any], text: str) -> None:
        self.dialect = dialect
        self.arguments = arguments
        self.document = json.loads(text)
        self.layers: list[dict[str, Any]] = self.document["config"]["layers"]
        self.names = [layer["name"] for layer in self.layers]
        self.by_name = dict(zip(self.names, self.layers, strict=True))
        first = self.layers[0]["config"]
        self.shape = first.get("batch_shape") or first["batch_input_shape"]
        self.flags = applications.flags(arguments, self.shape)

    def kind(self, layer: dict[str, Any]) -> tuple[str, list[str]]:
        """Return everything about a layer but its name and its arguments, as JSON, and the names of its sources."""
        sources: list[str] = []
        known = set(self.names)

        def blank(node: Any) -> Any:
            if isinstance(node, dict):
                if node.get("class_name") == "__keras_tensor__":
                    assert node["config"]["keras_history"][1:] == [0, 0]
                    sources.append(node["config"]["keras_history"][0])
                    return "@"
                return {key: blank(value) for key, value in node.items()}
            if isinstance(node, list):
                if self.dialect == "keras2" and len(node) >= 3 and isinstance(node[0], str) and node[0] in known:
                    sources.append(node[0])
                    return ["@", *(blank(value) for value in node[1:])]
                return [blank(value) for value in node]
            return node

        calls = blank(layer["inbound_nodes"])
        kind = {**layer, "config": None, "name": None, "inbound_nodes": calls}
        if "build_config" in layer:
            shape = layer["build_config"]["input_shape"]
            kind["build_config"] = {"input_shape": "all" if isinstance(shape[0], list) else "one"}
        return json.dumps(kind), sources


class Kinds:
    """The kinds of layers of a dialect: what all layers of a kind have in common, and the most frequent values of the others."""

    def __init__(self) -> None:
        self.model: dict[str, Any] = {}
        self.counts: Counter[str] = Counter()
        self.values: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))

    def count(self, model: Recorded) -> None:
        """Count the layers of a model."""
        self.model = {key: value for key, value in model.document.items() if key != "config"}
        for layer in model.layers:
            kind, _ = model.kind(layer)
            self.counts[kind] += 1
            for key, value in layer["config"].items():
                self.values[kind][key][json.dumps(value)] += 1

    def table(self) -> tuple[dict[str, str], dict[str, Any]]:
        """Return the names of the kinds and the table of what they have in common."""
        names: dict[str, str] = {}
        table: dict[str, Any] = {}
        for kind, _ in sorted(self.counts.items(), key=lambda item: (-item[1], item[0])):
            layer = json.loads(kind)
            name = layer["class_name"]
            number = sum(other.split("#")[0] == name for other in table) + 1
            name = name if number == 1 else f"{name}#{number}"
            layer["config"] = {
                key: None if key == "name" else json.loads(max(counts, key=lambda value: (counts[value], value)))
                for key, counts in self.values[kind].items()
            }
            names[kind] = name
            table[name] = layer
        table["Functional"] = self.model
        return names, table


Row = tuple[str, str, tuple[int, ...]]  # kind, name, sources counted backwards


class Function:
    """A function of keras.applications in one dialect, and the search for its segments."""

    def __init__(
        self, dialect: str, name: str, lines: list[dict[str, Any]], names: dict[str, str], table: dict[str, Any]
    ) -> None:
        self.dialect = dialect
        self.name = name
        self.kind_names = names
        self.table = table
        defaults = self.parameters = parameters_of(lines)
        self.prefix = defaults.get("name") or defaults.get("model_name") or ""
        self.models = [
            Recorded(dialect, {**defaults, **line["arguments"]}, line["text"]) for line in lines if "text" in line
        ]
        self.automatic = set(lines[-1]["automatic"])

    def stored_name(self, name: str, layer: dict[str, Any]) -> str:
        """Return a name with the automatic number and the model's name marked."""
        prefix = (
            "tf." + layer["config"]["function"] if layer["class_name"] == "TFOpLambda" else snake(layer["class_name"])
        )
        if found := re.fullmatch(re.escape(prefix) + r"(?:_(\d+))?", name):
            return f"${prefix} {found[1] or 0}"
        if name in self.automatic and not re.match("stem_|1_?head", name):  # ResNetRS and RegNet count stems and heads
            raise Unexplained(f"the automatic name {name}")
        return "%" + name.removeprefix(self.prefix) if self.prefix and name.startswith(self.prefix + "_") else name

    def rows(self, model: Recorded) -> list[Row]:
        """Return the rows of a model, without the input."""
        position = {name: number for number, name in enumerate(model.names)}
        result = []
        for number, layer in enumerate(model.layers[1:], 1):
            kind, sources = model.kind(layer)
            offsets = tuple(position[source] - number for source in sources)
            result.append((self.kind_names[kind], self.stored_name(layer["name"], layer), offsets))
        return result

    def segments(self) -> list[dict[str, Any]]:
        """Return the segments, those with conditions among them."""
        flag = "known_size" if self.name.startswith("NASNet") else "minimalistic"
        groups = defaultdict(list)
        for model in self.models:
            groups[model.flags[flag]].append(model)
        result: list[dict[str, Any]] = []
        for value, models in groups.items():
            result += self.group(models, {flag: value} if len(groups) > 1 else {})
        return result

    def group(self, models: list[Recorded], when: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the segments of the models that share a body: the heads, the body and the tails."""
        rows = {id(model): self.rows(model) for model in models}
        everywhere = set.intersection(*({name for _, name, _ in listed} for listed in rows.values()))
        optional = {
            name
            for listed in rows.values()
            for kind, name, _ in listed
            if "alpha" in models[0].arguments
            and kind.split("#")[0] == "Add"
            and name[0] != "$"
            and name not in everywhere
        }
        # The body starts after the last row of any head, and ends with the last row that all models have.
        starts = [listed[self.head_end(listed, everywhere | optional)][1] for listed in rows.values()]
        order = [name for _, name, _ in rows[id(models[0])]]
        first = max(starts, key=order.index)
        last = [name for name in order if name in everywhere][-1]

        def part(model: Recorded) -> tuple[list[Row], list[Row], list[Row]]:
            names = [row[1] for row in rows[id(model)]]
            begin, end = names.index(first), names.index(last) + 1
            return rows[id(model)][:begin], rows[id(model)][begin:end], rows[id(model)][end:]

        body = self.merge([part(model)[1] for model in models])
        heads = self.alternatives(models, HEAD_FLAGS, lambda model: part(model)[0])
        tails = self.alternatives(models, TAIL_FLAGS, lambda model: part(model)[2])
        assembled = {id(model): [*part(model)[0], *body, *part(model)[2]] for model in models}
        contexts = {id(model): self.walk(model, assembled[id(model)], optional) for model in models}
        result = []
        everything: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for key, known in contexts.items():
            for row, context in zip(assembled[key], known, strict=True):
                if context:
                    everything[row[1]].append(context)
        for flags, chosen in (*heads, ({}, body), *tails):
            using = [model for model in models if all(model.flags[key] == value for key, value in flags.items())]
            numbers = {id(model): [row[1] for row in assembled[id(model)]].index(chosen[0][1]) for model in using}
            encoded = []
            for number, row in enumerate(chosen):
                seen = [contexts[id(model)][numbers[id(model)] + number] for model in using]
                here = [context for context in seen if context]
                encoded.append(self.encode(row, here, everything[row[1]], row[1] in optional))
            condition = {**when, **flags}
            result.append({**({"when": condition} if condition else {}), "rows": encoded})
        return result

    @staticmethod
    def merge(bodies: list[list[Row]]) -> list[Row]:
        """Return the rows that any of the bodies has, in their order.

        Where an optional row is missing, its source takes its place, which comes earlier. So the latest source is the right one.
        """
        names: list[str] = []
        for body in bodies:
            previous = -1
            for _, name, _ in body:
                if name not in names:
                    names.insert(previous + 1, name)
                previous = names.index(name)
        position = {name: number for number, name in enumerate(names)}
        found: dict[str, Row] = {}
        for body in bodies:
            for number, (kind, name, offsets) in enumerate(body):
                sources = [number + offset for offset in offsets]
                merged = [position[body[source][1]] if source >= 0 else source for source in sources]
                backwards = tuple(source - position[name] for source in merged)
                old = found.setdefault(name, (kind, name, backwards))
                found[name] = (kind, name, tuple(map(max, old[2], backwards)))
        return [found[name] for name in names]

    @staticmethod
    def head_end(rows: list[Row], shared: set[str]) -> int:
        """Return the number of the row after the last one of the head: that is not shared and comes before one that is."""
        last = max(number for number, row in enumerate(rows) if row[1] in shared)
        return max((number + 1 for number, row in enumerate(rows[:last]) if row[1] not in shared), default=0)

    @staticmethod
    def alternatives(
        models: list[Recorded], keys: tuple[str, ...], part: Any
    ) -> list[tuple[dict[str, Any], list[Row]]]:
        """Return what a part can be, with the fewest flags that decide between the alternatives."""
        for size in range(len(keys) + 1):
            for chosen in combinations(keys, size):
                if "include_top" in keys and "include_top" not in chosen:
                    continue  # the recorded models may not tell, but a classifier needs it
                found: dict[tuple[Any, ...], list[Row]] = {}
                if all(found.setdefault(tuple(m.flags[key] for key in chosen), part(m)) == part(m) for m in models):
                    return [(dict(zip(chosen, values, strict=True)), rows) for values, rows in found.items() if rows]
        raise Unexplained("layers at the start or the end")

    def walk(self, model: Recorded, rows: list[Row], optional: set[str]) -> list[dict[str, Any] | None]:
        """Return for each row of a model its config, the shapes around it and the arguments. None if it is absent."""
        builder = architecture.Builder(
            self.dialect,
            {},
            {},
            model.arguments,
            self.prefix,
            lambda prefix, number: f"{prefix}_{number}" if number else prefix,
        )
        shapes = [model.shape]
        result: list[dict[str, Any] | None] = []
        for _, stored, offsets in rows:
            layer = model.by_name.get(builder.text(stored))
            inputs = [shapes[offset] for offset in offsets]
            if layer is None:
                if stored not in optional:
                    raise Unexplained(f"{stored} is missing")
                shapes.append(inputs[-1])
                result.append(None)
                continue
            config = layer["config"]
            output = architecture.output_shape(layer["class_name"], config, inputs, lambda value, *_: value)
            arguments = {
                **model.arguments,
                "classifier_activation": model.arguments["classifier_activation"] or "linear",
            }
            result.append(
                {"config": config, "in": inputs[0], "out": output, "shapes": list(shapes), "arguments": arguments}
            )
            shapes.append(output)
        return result

    def encode(
        self, row: Row, contexts: list[dict[str, Any]], everywhere: list[dict[str, Any]], optional: bool
    ) -> list[Any]:
        """Return a row as it is written: with all its values, as constants or rules.

        A segment may have been recorded once. So look first at all models that have a layer of this name.
        """
        kind, name, offsets = row
        defaults = self.table[kind]["config"]
        values = {}
        for key in defaults:
            if key == "name":
                continue
            try:
                values[key] = self.fit([context["config"][key] for context in everywhere], everywhere)
            except (Unexplained, KeyError):  # another layer of the same name
                values[key] = self.fit([context["config"][key] for context in contexts], contexts)
        return ["?" + kind if optional else kind, name, list(offsets), values]

    def shorten(self, segments: list[dict[str, Any]]) -> dict[str, Any]:
        """Leave out of the rows what is usual; return the values that are usual in this function, but not in its kind."""
        counts: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        rows = [row for segment in segments for row in segment["rows"]]
        for kind, _, _, values in rows:
            for key, value in values.items():
                counts[kind.removeprefix("?")][key][json.dumps(value)] += 1
        usual = {
            kind: {key: json.loads(max(found, key=lambda value: (found[value], value))) for key, found in keys.items()}
            for kind, keys in counts.items()
        }
        for row in rows:
            common = usual.get(row[0].removeprefix("?"), {})
            row[3] = {key: value for key, value in row[3].items() if value != common[key]}
            row[:] = [*row[:2], *([row[2]] if row[2] != [-1] else []), *([row[3]] if row[3] else [])]
        changed = {
            kind: {key: value for key, value in common.items() if value != self.table[kind]["config"][key]}
            for kind, common in usual.items()
        }
        return {kind: values for kind, values in changed.items() if values}

    def fit(self, values: list[Any], contexts: list[dict[str, Any]]) -> Any:
        """Return the constant or the rule that gives these values."""
        first = values[0]
        if all(value == first for value in values) and not isinstance(first, list | dict):
            return self.constant(first)
        for rule in candidates(values, contexts):
            if all(evaluate(rule, context) == value for value, context in zip(values, contexts, strict=True)):
                return "$" + rule
        if isinstance(first, dict):
            return {key: self.fit([value[key] for value in values], contexts) for key in first}
        if isinstance(first, list) and all(isinstance(value, list) and len(value) == len(first) for value in values):
            return [self.fit(list(items), contexts) for items in zip(*values, strict=True)]
        raise Unexplained(f"the values {values}")

    def constant(self, value: Any) -> Any:
        """Return a constant with the names marked that depend on the model."""
        if isinstance(value, str):
            if found := re.fullmatch(r"input_layer_(\d+)", value):
                return f"$name input_layer {found[1]}"
            if self.prefix and value.startswith(self.prefix + "_"):
                return "%" + value.removeprefix(self.prefix)
        return value


def evaluate(rule: str, context: dict[str, Any]) -> Any:
    """Return what a rule gives in a context."""
    builder = architecture.Builder("", {}, {}, context["arguments"], "", lambda *_: "", shapes=context["shapes"])
    return builder.rule(rule, context["in"], context["out"])


def candidates(values: list[Any], contexts: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the rules that may give these values."""
    if isinstance(values[0], list):
        if len({json.dumps(value) for value in values}) > 1:
            yield from ("in", "out")
        if len(values[0]) == 2 and isinstance(values[0][0], list):
            yield from ("pad 3", "pad 5", "pad 7")  # even if all are equal: the recorded sizes may not tell
        return
    yield from (key for key in ("classes", "classifier_activation", "dropout", "dropout_rate", "depth_multiplier")
                if key in contexts[0]["arguments"])  # fmt: skip
    if type(values[0]) is not int:
        return
    pairs = [(value, context) for value, context in zip(values, contexts, strict=True)]
    for alpha in (1.0, 2.0):
        for value in {value for value, context in pairs if context["arguments"].get("alpha") == alpha}:
            for base in ("alpha", "alpha1"):
                yield from (f"{rounding} {int(value / alpha)} {base}" for rounding in ("r8", "int"))
    value, context = next(pair for pair in pairs if pair[1]["arguments"].get("alpha", 1.0) == 1.0)
    for back in range(1, min(17, len(context["shapes"]))):
        channels = context["shapes"][-back][-1]
        if channels:
            factor = str(value // channels) if value % channels == 0 else f"{value}/{channels}"
            yield from (f"{rounding} {number} -{back}" for number in (factor, "1/4") for rounding in ("int", "r8"))


def compact(data: dict[str, Any]) -> str:
    """Return the JSON of a function, one row a line."""
    text = json.dumps(data, separators=(",", ":"))
    return (
        text.replace(']],["', ']],\n["')
        .replace('"],["', '"],\n["')
        .replace('}],["', '}],\n["')
        .replace('{"when', '\n{"when')
        + "\n"
    )


def generate(folder: Path) -> None:
    """Write all files and check them against the records."""
    paths = {
        dialect: {path.name.split(".")[0]: path for path in sorted((folder / dialect).glob("*.gz"))}
        for dialect in DIALECTS
    }
    tables = {}
    for dialect in DIALECTS:
        kinds = Kinds()
        for path in paths[dialect].values():
            lines = records(path)
            for line in lines:
                if "text" in line:
                    kinds.count(Recorded(dialect, {**parameters_of(lines), **line["arguments"]}, line["text"]))
        tables[dialect] = kinds.table()
    TARGET.mkdir(exist_ok=True)
    for old in TARGET.glob("*.json"):
        old.unlink()
    kinds_text = json.dumps({dialect: table for dialect, (_, table) in tables.items()}, indent=1)
    (TARGET / "kinds.json").write_text(kinds_text + "\n")
    for name in sorted({name for table in paths.values() for name in table}):
        data: dict[str, Any] = {
            "minimum": 0,
            "size": None,
            "default": {},
            "names": {},
            "parameters": {},
            "extra": [],
            "usual": {},
            "layers": {},
        }
        for dialect in DIALECTS:
            if name in paths[dialect]:
                lines = records(paths[dialect][name])
                data["minimum"] = lines[0]["minimum"]
                data["parameters"][dialect] = parameters_of(lines)
                if lines[0]["extra"]:
                    data["extra"].append(dialect)
                function = Function(dialect, name, lines, *tables[dialect])
                data["names"][dialect] = function.models[0].document["config"]["name"]
                data["size"] = function.models[0].shape[1]
                data["default"][dialect] = function.models[1].shape[1:]
                segments = function.segments()
                data["usual"][dialect] = function.shorten(segments)
                data["layers"][dialect] = segments
        if data["layers"].get("keras3") == data["layers"].get("keras2"):
            del data["layers"]["keras2"]
        (TARGET / f"{name}.json").write_text(compact(data))
        print(name, flush=True)


def check(folder: Path) -> int:
    """Compare every recorded model with what comes out; return the number of differences."""
    wrong = 0
    for dialect in DIALECTS:
        for path in sorted((folder / dialect).glob("*.gz")):
            for line in records(path):
                if "text" not in line:
                    continue
                recorded = json.loads(line["text"])
                name = path.name.split(".")[0]
                arguments = {k: tuple(v) if isinstance(v, list) else v for k, v in line["arguments"].items()}
                if applications.config(name, dialect, arguments) != recorded:
                    wrong += 1
                    print("differs:", dialect, name, line["arguments"])
    return wrong


if __name__ == "__main__":
    generate(Path(sys.argv[1]))
    sys.exit(1 if check(Path(sys.argv[1])) else 0)
