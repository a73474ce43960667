"""The order of a functional model's calls, and which layers its outputs depend on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from lstmlint.layers.base import LayerError
from lstmlint.model.findings import Problem, listing
from lstmlint.model.shapes import flatten
from lstmlint.model.spec import Call, LayerSpec, ModelSpec, TensorRef
from lstmlint.model.values import show
from lstmlint.signatures.built import INPUTS_CHECKED
from lstmlint.signatures.keras3 import SIGNATURES

# The number of dangling names that get a suggestion. If most names dangle, suggestions do not help.
MAX_COMPARISONS = 100_000

# A call: the position of its layer in the model, and the number of the call.
Key = tuple[int, int]


class Plan:
    """A topological order of the calls, computed iteratively in linear time.

    order: the calls that can run.
    index: layer name -> position.
    used: positions of the layers that the outputs depend on; Keras drops the others.
    outputs: position -> indices of its tensors that are outputs.

    Dangling references and cycles are reported.
    """

    def __init__(
        self,
        spec: ModelSpec,
        report: Callable[[LayerSpec, LayerError, str | None], None],
        problems: list[Problem],
    ) -> None:
        self.spec = spec
        self.report = report
        self.problems = problems
        self.order: list[Key] = []
        self.index: dict[str, int] = {}
        self.used: set[int] = set()
        self.outputs: dict[int, set[int]] = {}
        self.hints: dict[str, str] = {}
        self.comparisons_left = MAX_COMPARISONS
        self.starts = {
            position
            for position, layer in enumerate(spec.layers)
            if layer.class_name == "InputLayer" or (not layer.calls and self._starts(layer))
        }
        self._order()
        self._mark_used()

    def _starts(self, layer: LayerSpec) -> bool:
        """Return whether the model begins with a layer that has no inputs and is not an InputLayer: an unknown class,
        which is reported elsewhere.
        """
        if self.spec.dialect != "keras3":
            return False
        ours = isinstance(layer.module, str) and layer.module.partition(".")[0] == "keras"
        return ours and layer.model is None and not layer.is_operation and layer.class_name not in SIGNATURES

    def _order(self) -> None:
        """Order the calls so that each follows the calls that feed it."""
        specs = self.spec.layers
        index = self.index
        if self.spec.dialect == "keras3":  # of two layers with one name, Keras uses the later
            for position, layer in enumerate(specs):
                index[layer.name] = position
        else:
            for position, layer in enumerate(specs):
                index.setdefault(layer.name, position)
        if not self._use_file_order():
            self._sort()

    def _use_file_order(self) -> bool:
        """Use file order if every call follows the calls that feed it, as in files that Keras writes."""
        index = self.index
        order: dict[Key, None] = {}
        for position, layer in enumerate(self.spec.layers):
            if not layer.calls and position in self.starts:
                order[position, 0] = None
            for number, call in enumerate(layer.calls):
                for ref in call.references:
                    source = index.get(ref.layer)
                    if source is None or (source, ref.node) not in order:
                        return False
                order[position, number] = None
        self.order = list(order)
        return True

    def _sort(self) -> None:
        """Sort the calls with Kahn's algorithm, and report those that cannot run."""
        specs = self.spec.layers
        waiting: dict[Key, int] = {}
        feeds: dict[Key, list[Key]] = {}
        ready: deque[Key] = deque()
        for position, layer in enumerate(specs):
            if not layer.calls and position in self.starts:
                ready.append((position, 0))
            for number, call in enumerate(layer.calls):
                key = (position, number)
                missing = len(call.references)
                for ref in call.references:
                    producer = self._producer(ref, layer, call, number)
                    if producer is None:
                        missing = -1
                        break
                    feeds.setdefault(producer, []).append(key)
                if number and missing >= 0:
                    feeds.setdefault((position, number - 1), []).append(key)
                    missing += 1
                waiting[key] = missing
                if missing == 0:
                    ready.append(key)
        order = self.order
        while ready:
            key = ready.popleft()
            order.append(key)
            for fed in feeds.get(key, ()):
                left = waiting[fed]
                if left > 0:
                    waiting[fed] = left - 1
                    if left == 1:
                        ready.append(fed)
        self._report_unordered(waiting, feeds)

    def _producer(self, ref: TensorRef, layer: LayerSpec, call: Call, number: int) -> Key | None:
        position = self.index.get(ref.layer)
        if position is None:
            self._dangling(
                layer, ref, call, f"there is no layer {show(ref.layer)} in this model", self._advice_for(ref.layer)
            )
            return None
        source = self.spec.layers[position]
        if source.class_name == "InputLayer" and self.spec.dialect == "keras2":  # tf.keras ignores the number
            ref.node = 0
        calls = len(source.calls) or (position in self.starts)
        if -calls <= ref.node < 0:  # a negative index counts from the end of the calls made so far
            ref.node += number if source is layer else calls
        if not 0 <= ref.node < calls:
            times = "never called" if calls == 0 else f"called {calls} time{'s' if calls > 1 else ''}"
            self._dangling(
                layer, ref, call, f"it refers to call {ref.node} of {show(ref.layer)}, which is {times}",
                f"Use a call number from 0 to {calls - 1}." if calls else f"Add an inbound node to {show(ref.layer)}.",
            )  # fmt: skip
            return None
        return position, ref.node

    def _advice_for(self, name: str) -> str:
        """Return the advice for the name of a missing layer."""
        if name not in self.hints:
            close = None
            if self.comparisons_left > 0:
                from lstmlint.model.suggestions import close_match

                self.comparisons_left -= len(self.index)
                close = close_match(name, self.index, 0.6)
            self.hints[name] = f"Did you mean {show(close)}?" if close else "Connect it to a layer of this model."
        return self.hints[name]

    def _dangling(self, layer: LayerSpec, ref: TensorRef, call: Call, what: str, hint: str) -> None:
        error = LayerError(
            "S124", f"the input of {show(layer.name)} is not connected: {what}; Keras cannot load it", hint
        )
        self.report(layer, error, ref.pointer or call.pointer)

    def _report_unordered(self, waiting: dict[Key, int], feeds: dict[Key, list[Key]]) -> None:
        """Report calls that wait on each other as a cycle. Calls after a dangling reference were reported before."""
        broken = [key for key, missing in waiting.items() if missing < 0]
        downstream = set(broken)
        while broken:
            for fed in feeds.get(broken.pop(), ()):
                if fed not in downstream:
                    downstream.add(fed)
                    broken.append(fed)
        stuck = {key for key, missing in waiting.items() if missing > 0 and key not in downstream}
        if not stuck:
            return
        # Remove calls that only follow the cycle, from the end.
        after = {key: sum(fed in stuck for fed in feeds.get(key, ())) for key in stuck}
        sources: dict[Key, list[Key]] = {}
        for key, fed_keys in feeds.items():
            for fed in fed_keys:
                sources.setdefault(fed, []).append(key)
        loose = [key for key, count in after.items() if count == 0]
        while loose:
            key = loose.pop()
            stuck.discard(key)
            for source in sources.get(key, ()):
                if source in stuck:
                    after[source] -= 1
                    if after[source] == 0:
                        loose.append(source)
        members = sorted({position for position, _ in stuck})
        if not members:
            return
        names = [self.spec.layers[position].name for position in members]
        self.report(
            self.spec.layers[members[0]],
            LayerError(
                "S125",
                f"the layers {listing([*map(show, names)])} depend on each other's outputs: the graph has a cycle, and"
                " Keras cannot load it",
                "A Keras model is a graph without cycles; use a recurrent layer for recurrence.",
            ),
            None,
        )

    def _mark_used(self) -> None:
        """Mark the layers that the outputs depend on; Keras drops the others."""
        specs = self.spec.layers
        used: set[Key] = set()
        inputs: set[Key] = set()
        stack: list[Key] = []
        broken = False
        for refs, as_output in ((self.spec.outputs, True), (self.spec.inputs, False)):
            for ref in flatten(refs):
                if not isinstance(ref, TensorRef):
                    continue
                position = self.index.get(ref.layer)
                if (
                    position is not None
                    and specs[position].class_name == "InputLayer"
                    and self.spec.dialect == "keras2"
                ):
                    ref.node = 0  # as in _producer
                calls = 0 if position is None else max(len(specs[position].calls), position in self.starts)
                if -calls <= ref.node < 0:  # a negative index counts from the end
                    ref.node += calls
                beyond = (
                    not as_output
                    and self.spec.dialect == "keras2"
                    and position in self.starts
                    and ref.tensor not in (0, -1)
                )
                if position is None or not 0 <= ref.node < calls or beyond:
                    self._bad_end(ref, as_output)
                    broken = True
                elif as_output:
                    self.outputs.setdefault(position, set()).add(ref.tensor)
                    stack.append((position, ref.node))
                else:
                    if (position, ref.node) in inputs and self.spec.dialect == "keras2":
                        self._input_twice(ref)
                    inputs.add((position, ref.node))
                    if position in self.starts:
                        used.add((position, ref.node))
        used.update(stack)
        unfed: list[LayerSpec] = []
        while stack:
            position, number = key = stack.pop()
            calls_of = specs[position].calls
            if key in inputs:  # the model begins after this layer
                if position not in self.starts and self.spec.dialect == "keras3":
                    used.discard(key)
                if not broken and position in self.outputs and specs[position].class_name != "InputLayer":
                    broken = True
                    self._both_ends(specs[position])
                continue
            if not calls_of and specs[position].class_name == "InputLayer":
                unfed.append(specs[position])
            if not 0 <= number < len(calls_of):  # a dangling reference, reported before
                continue
            for ref in calls_of[number].references:
                source = self.index.get(ref.layer)
                if source is not None and (source, ref.node) not in used:
                    used.add((source, ref.node))
                    stack.append((source, ref.node))
        self.used = {position for position, _ in used}
        if unfed and not broken:
            self._report_unfed(unfed)
        if self.spec.dialect in ("keras2", "keras3"):
            self._check_own_names()

    def _check_own_names(self) -> None:
        """Check that the names in the layers' configs are unique among the layers in use."""
        specs = self.spec.layers
        owners: dict[str, LayerSpec] = {}
        for position in sorted(self.used):
            layer = specs[position]
            other = owners.setdefault(layer.own_name, layer)
            if other is not layer:
                self.report(
                    layer,
                    LayerError(
                        "S127",
                        f"the configs of {show(other.name)} and {show(layer.name)} both contain the name {show(layer.own_name)};"
                        " Keras raises a ValueError, since layer names in a model must be unique",
                        "Write the same unique name next to the layer's config and in it.",
                        "name",
                    ),
                    None,
                )

    def _report_unfed(self, layers: list[LayerSpec]) -> None:
        names = listing([show(layer.name) for layer in layers])
        references = " and ".join(f'["{layer.name}", 0, 0]' for layer in layers)
        what = f"the input {names}, which is" if len(layers) == 1 else f"the inputs {names}, which are"
        raises, data = "Keras raises a ValueError", {}
        if self.spec.dialect == "keras3":
            raises = f"Keras {'.'.join(map(str, INPUTS_CHECKED))} and later raise a ValueError"
            data = {"since": INPUTS_CHECKED}
        self.problems.append(
            Problem(
                "S124",
                f"the model's outputs need {what} not among its inputs; {raises}",
                f"Add {references} to input_layers.",
                layers[0].name,
                f"{self.spec.pointer}/config/input_layers",
                data=data,
            )
        )

    def _input_twice(self, ref: TensorRef) -> None:
        self.problems.append(
            Problem(
                "S124",
                f"{show(ref.layer)} is an input of the model twice; tf.keras raises a ValueError",
                "List every input once.",
                ref.layer,
                ref.pointer,
            )
        )

    def _both_ends(self, layer: LayerSpec) -> None:
        self.problems.append(
            Problem(
                "S124",
                f"{show(layer.name)} is both an input and an output of the model, without a layer in between; Keras raises a"
                " ValueError",
                "Use an InputLayer as the input.",
                layer.name,
                f"{self.spec.pointer}/config/input_layers",
            )
        )

    def _bad_end(self, ref: TensorRef, as_output: bool) -> None:
        side = "output" if as_output else "input"
        self.problems.append(
            Problem(
                "S124",
                f"the model's {side} names output {ref.tensor} of call {ref.node} of {show(ref.layer)}, which does not exist;"
                " Keras cannot load it",
                f"Name a layer of this model as its {side}.",
                pointer=ref.pointer or self.spec.pointer,
            )
        )
