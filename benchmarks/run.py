"""Compare the speed of lstmlint and real Keras in one run: python benchmarks/run.py [--quick]

Needs the `referee` extra. Prints a table of ratios, because absolute times depend on the machine. --quick does not build
the 40 keras.applications models with Keras, which takes a minute.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "numpy")
os.environ.pop(
    "PYTHONDONTWRITEBYTECODE", None
)  # an installed package has bytecode; a checkout writes it on the first run
ROOT = Path(__file__).resolve().parent.parent
SMALL = ROOT / "examples" / "lstm_4_2.json"
KERAS_SMALL = (
    "import os; os.environ['KERAS_BACKEND'] = 'numpy'; import keras;"
    " keras.models.model_from_json(open({path!r}).read()).summary()"
)


def best(action: Callable[[], Any], repeats: int = 5) -> float:
    """Return the shortest of several times in seconds, collecting garbage before each."""
    times = []
    for _ in range(repeats):
        gc.collect()
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def process(*command: str) -> Callable[[], Any]:
    return lambda: subprocess.run(command, check=False, capture_output=True)


def peak_memory(*command: str) -> float:
    """Return the peak resident size of a process in MB."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024


def small() -> None:
    lstmlint = [str(Path(sys.executable).parent / "lstmlint"), str(SMALL)]
    keras = [sys.executable, "-c", KERAS_SMALL.format(path=str(SMALL))]
    ours, theirs = best(process(*lstmlint), 10), best(process(*keras), 3)
    row("small model, whole process", ours, theirs, "Keras", 8)
    print(f"{'peak memory of it':34} {peak_memory(*lstmlint):8.1f} MB (target 60), Keras {peak_memory(*keras):.0f} MB")


def applications(build: bool) -> None:
    """Compare the analysis of the 40 keras.applications configs with Keras and with json.loads."""
    import keras

    from lstmlint import analyze

    folder = Path(tempfile.gettempdir()) / f"lstmlint-applications-{keras.__version__}"
    folder.mkdir(exist_ok=True)
    names = application_names(keras)
    for name in names:
        path = folder / f"{name}.json"
        if not path.exists():
            path.write_text(getattr(keras.applications, name)(weights=None).to_json())
    texts = [(folder / f"{name}.json").read_bytes() for name in names]
    analyze(texts[0])
    ours = sum(best(lambda: analyze(text)) for text in texts)  # noqa: B023
    loads = sum(best(lambda: json.loads(text)) for text in texts)  # noqa: B023
    row(f"{len(names)} keras.applications: json.loads x", ours, loads, "json.loads", -5)
    if build:
        theirs = best(lambda: [keras.models.model_from_json(text.decode()) for text in texts], 1)
        row(f"{len(names)} keras.applications, one process", ours, theirs, "Keras", 25)


def application_names(keras: Any) -> list[str]:
    return [
        name for name in dir(keras.applications) if name[0].isupper() and callable(getattr(keras.applications, name))
    ]


def chain(layers: int) -> bytes:
    """Return a functional Keras 3 model of `layers` equal layers in a chain."""
    return functional(layers, lambda number: number - 1, lambda number: 8)


def taper(layers: int) -> bytes:
    """Return a chain of layers of different sizes, so that no result can be reused."""
    return functional(layers, lambda number: number - 1, lambda number: 8 + number)


def fan(layers: int) -> bytes:
    """Return a functional Keras 3 model of `layers` layers in parallel."""
    return functional(layers, lambda number: 0, lambda number: 8)


def functional(layers: int, source: Callable[[int], int], width: Callable[[int], int]) -> bytes:
    def reference(number: int) -> dict[str, Any]:
        history = [f"l{number}", 0, 0]
        return {
            "class_name": "__keras_tensor__",
            "config": {"shape": [None, width(number)], "dtype": "float32", "keras_history": history},
        }

    rows: list[dict[str, Any]] = [
        {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, width(0)], "dtype": "float32",
         "sparse": False, "name": "l0"}, "registered_name": None, "name": "l0", "inbound_nodes": []}
    ]  # fmt: skip
    initializer = {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": None}}
    for number in range(1, layers):
        config = {
            "name": f"l{number}", "trainable": True, "units": width(number), "activation": "relu", "use_bias": True,
            "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}},
            "kernel_initializer": initializer, "bias_initializer": initializer, "kernel_regularizer": None,
            "bias_regularizer": None, "kernel_constraint": None, "bias_constraint": None,
        }  # fmt: skip
        rows.append(
            {"module": "keras.layers", "class_name": "Dense", "config": config, "registered_name": None,
             "build_config": {"input_shape": [None, width(source(number))]}, "name": f"l{number}",
             "inbound_nodes": [{"args": [reference(source(number))], "kwargs": {}}]}
        )  # fmt: skip
    ends = [[f"l{layers - 1}", 0, 0]] if source(2) == 1 else [[f"l{n}", 0, 0] for n in range(1, layers)]
    config = {"name": "m", "trainable": True, "layers": rows, "input_layers": [["l0", 0, 0]], "output_layers": ends}
    return json.dumps({"module": "keras", "class_name": "Functional", "config": config}).encode()


def growth() -> None:
    from lstmlint import analyze

    print(
        f"\n{'layers':>8} {'shape':>6} {'file':>9} {'json.loads':>11} {'analysis':>10} {'ratio':>6}"
        f" {'per layer':>10} {'memory':>9}"
    )
    for make in (chain, taper, fan):
        for layers in (1_000, 10_000, 100_000):
            text = make(layers)
            repeats = 3 if layers < 100_000 else 1
            loads, ours = best(lambda: json.loads(text), repeats), best(lambda: analyze(text), repeats)  # noqa: B023
            tracemalloc.start()
            if layers <= 10_000:
                analyze(text)
            memory = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            shown = f"{memory / layers / 1024:6.1f} KB" if memory else "        "
            print(
                f"{layers:8,} {make.__name__:>6} {len(text) / 1e6:6.1f} MB {loads * 1e3:8.1f} ms {ours * 1e3:7.1f} ms"
                f" {ours / loads:6.1f} {ours / layers * 1e6:7.1f} us {shown}"
            )
    print(f"peak resident size of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def row(what: str, ours: float, theirs: float, who: str, target: float) -> None:
    """Print a line. target > 0: how many times faster; target < 0: at most how many times slower."""
    ratio = theirs / ours if target > 0 else ours / theirs
    kept = ratio >= target if target > 0 else ratio <= -target
    word = "times faster" if target > 0 else "times as long"
    verdict = "" if kept else "  MISSED"
    print(
        f"{what:34} {ours * 1e3:8.1f} ms  {who} {theirs * 1e3:9.1f} ms"
        f"  {ratio:6.1f} {word} (target {abs(target):g}){verdict}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    small()
    applications(build=not arguments.quick)
    growth()
