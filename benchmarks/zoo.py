"""Measure lstmlint on many files.

    python benchmarks/zoo.py build FOLDER --models 10000 [--programs 0]   # model files of about 8 KB
    python benchmarks/zoo.py workers FOLDER [--jobs 1 2] [--repeats 3]    # time with one and two workers
    python benchmarks/zoo.py memory FOLDER [--formats text json ...]      # peak memory over 1,000 to all files
    python benchmarks/zoo.py cache FOLDER                                 # what a cache of results would save

Times are wall-clock seconds, and CPU seconds of all processes. The best of several runs is printed, because other programs
may slow down any of them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from lstmlint.reporting import FORMATS

ROOT = Path(__file__).resolve().parent.parent
FILES_PER_FOLDER = 1_000


# Models -----------------------------------------------------------------------------------------------------


def build(folder: Path, models: int, programs: int, seed: int = 0) -> None:
    """Write models and programs in folders of 1,000 files."""
    dice = random.Random(seed)
    for number in range(models + programs):
        place = folder / f"{number // FILES_PER_FOLDER:04}"
        place.mkdir(parents=True, exist_ok=True)
        if number < models:
            model = dice.choice((classifier, recurrent, keras2))(dice)
            (place / f"{number:07}.json").write_text(json.dumps(model))
        else:
            (place / f"{number:07}.py").write_text(program(dice))


def keras3(class_name: str, config: dict[str, Any], shape: list[int | None], **more: Any) -> dict[str, Any]:
    """Return a layer as Keras 3 writes it."""
    dtype = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}
    config = {"trainable": True, "dtype": dtype, **config}
    return {
        "module": "keras.layers", "class_name": class_name, "config": config, "registered_name": None,
        "build_config": {"input_shape": shape}, **more,
    }  # fmt: skip


def serialized(module: str, class_name: str, **config: Any) -> dict[str, Any]:
    return {"module": f"keras.{module}", "class_name": class_name, "config": config, "registered_name": None}


def kernel_arguments() -> dict[str, Any]:
    """Return the arguments of a layer with a kernel and a bias."""
    return {
        "use_bias": True, "kernel_initializer": serialized("initializers", "GlorotUniform", seed=None),
        "bias_initializer": serialized("initializers", "Zeros"), "kernel_regularizer": None, "bias_regularizer": None,
        "kernel_constraint": None, "bias_constraint": None,
    }  # fmt: skip


def classifier(dice: random.Random) -> dict[str, Any]:
    """Return a functional model of Keras 3 that is a chain of Dense layers."""
    width = dice.randrange(4, 200)
    layers: list[dict[str, Any]] = [
        {"module": "keras.layers", "class_name": "InputLayer", "name": "input", "registered_name": None, "inbound_nodes": [],
         "config": {"batch_shape": [None, width], "dtype": "float32", "sparse": False, "name": "input"}}
    ]  # fmt: skip
    before = "input"
    for number in range(9):
        name = f"dense_{number}"
        tensor = {
            "class_name": "__keras_tensor__",
            "config": {"shape": [None, width], "dtype": "float32", "keras_history": [before, 0, 0]},
        }
        config = {"name": name, "units": dice.randrange(4, 200), "activation": "relu", **kernel_arguments()}
        nodes = [{"args": [tensor], "kwargs": {}}]
        layers.append(keras3("Dense", config, [None, width], name=name, inbound_nodes=nodes))
        before, width = name, config["units"]
    config = {"name": f"classifier_{dice.randrange(10**6)}", "trainable": True, "layers": layers,
              "input_layers": [["input", 0, 0]], "output_layers": [[before, 0, 0]]}  # fmt: skip
    module = "keras.src.models.functional"
    return {"module": module, "class_name": "Functional", "config": config, "registered_name": "Functional"}


def recurrent(dice: random.Random) -> dict[str, Any]:
    """Return a Sequential of Keras 3 with LSTM and Dense layers; of every 20, one has an LSTM without a sequence."""
    steps, width = dice.randrange(5, 100), dice.randrange(1, 64)
    layers: list[dict[str, Any]] = [
        {"module": "keras.layers", "class_name": "InputLayer", "registered_name": None,
         "config": {"batch_shape": [None, steps, width], "dtype": "float32", "sparse": False, "name": "input"}}
    ]  # fmt: skip
    for number in range(3):
        config = {
            "name": f"lstm_{number}", "units": dice.randrange(4, 128), "return_sequences": number < 2 and dice.random() > 0.05,
            "return_state": False, "go_backwards": False, "stateful": False, "unroll": False, "zero_output_for_mask": False,
            "activation": "tanh", "recurrent_activation": "sigmoid", **kernel_arguments(),
            "recurrent_initializer": serialized("initializers", "OrthogonalInitializer", gain=1.0, seed=None),
            "unit_forget_bias": True, "recurrent_regularizer": None, "activity_regularizer": None,
            "recurrent_constraint": None, "dropout": 0.0, "recurrent_dropout": 0.0, "seed": None,
        }  # fmt: skip
        layers.append(keras3("LSTM", config, [None, steps, width]))
        width = config["units"]
    for number in range(3):
        config = {"name": f"dense_{number}", "units": dice.randrange(4, 64), "activation": "relu", **kernel_arguments()}
        layers.append(keras3("Dense", config, [None, width]))
        layers.append(
            keras3("Dropout", {"name": f"drop_{number}", "rate": 0.2, "seed": None, "noise_shape": None}, [None])
        )
        width = config["units"]
    config = {"name": f"recurrent_{dice.randrange(10**6)}", "trainable": True, "layers": layers}
    return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}


def keras2(dice: random.Random) -> dict[str, Any]:
    """Return a Sequential of Keras 2 with Conv2D and Dense layers."""
    size = dice.randrange(64, 128)
    glorot = {"class_name": "GlorotUniform", "config": {"seed": None}}
    common = {"use_bias": True, "kernel_initializer": glorot, "bias_initializer": {"class_name": "Zeros", "config": {}},
              "kernel_regularizer": None, "bias_regularizer": None, "activity_regularizer": None,
              "kernel_constraint": None, "bias_constraint": None, "trainable": True, "dtype": "float32"}  # fmt: skip
    layers: list[dict[str, Any]] = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, size, size, 3], "dtype": "float32",
         "sparse": False, "ragged": False, "name": "input"}}
    ]  # fmt: skip
    for number in range(4):
        config = {"name": f"conv2d_{number}", "filters": dice.randrange(4, 64), "kernel_size": [3, 3], "strides": [1, 1],
                  "padding": "same", "data_format": "channels_last", "dilation_rate": [1, 1], "groups": 1,
                  "activation": "relu", **common}  # fmt: skip
        layers.append({"class_name": "Conv2D", "config": config})
        config = {"name": f"pool_{number}", "trainable": True, "dtype": "float32", "pool_size": [2, 2], "padding": "valid",
                  "strides": [2, 2], "data_format": "channels_last"}  # fmt: skip
        layers.append({"class_name": "MaxPooling2D", "config": config})
    layers.append({"class_name": "Flatten", "config": {"name": "flatten", "trainable": True, "dtype": "float32"}})
    for number in range(8):
        config = {"name": f"dense_{number}", "units": dice.randrange(4, 64), "activation": "relu", **common}
        layers.append({"class_name": "Dense", "config": config})
    config = {"name": f"keras2_{dice.randrange(10**6)}", "layers": layers}
    return {"class_name": "Sequential", "config": config, "keras_version": "2.15.0", "backend": "tensorflow"}


def program(dice: random.Random) -> str:
    """Return a training script."""
    steps, features, units = dice.randrange(5, 100), dice.randrange(1, 64), dice.randrange(4, 128)
    return f"""import numpy as np
from keras import layers, models


def windows(series, steps={steps}):
    return np.stack([series[i : i + steps] for i in range(len(series) - steps)])


def build(depth=2):
    model = models.Sequential()
    model.add(layers.Input((len(range({steps})), {features})))
    for number in range(depth):
        model.add(layers.LSTM({units} // (number + 1), return_sequences=number < depth - 1))
        model.add(layers.Dropout(0.2))
    model.add(layers.Dense({units}, activation="relu"))
    model.add(layers.Dense(1))
    model.compile("adam", "mse", metrics=["mae"])
    return model


model = build()
data = np.random.random((1000, {features}))
model.fit(windows(data), data[{steps}:, :1], epochs=5, batch_size=32)
"""


# Measuring --------------------------------------------------------------------------------------------------


class Cost(NamedTuple):
    """What a run cost. wall, cpu: in seconds; cpu of all its processes. memory: the peak of its largest process in MB."""

    wall: float
    cpu: float
    memory: float


def cost(*arguments: str) -> Cost:
    """Run lstmlint and return what it cost."""
    code = (
        "import json, resource, subprocess, sys, time; start = time.perf_counter();"
        "done = subprocess.run([sys.executable, '-m', 'lstmlint', *sys.argv[1:]], stdout=subprocess.DEVNULL);"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(json.dumps([done.returncode, time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *arguments]
    code_, wall, cpu, memory = json.loads(
        subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout
    )
    if code_ > 1:
        raise SystemExit(f"lstmlint exits with {code_}")
    return Cost(wall, cpu, memory)


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.resolve().rglob("*") if path.is_file())


def workers(folder: Path, jobs: list[int], repeats: int, format: str) -> None:
    """Print how long the analysis takes with several numbers of workers."""
    count = len(files_of(folder))
    print(f"{count:,} files, {format}; load of the machine: {os.getloadavg()[0]:.1f}")
    first = None
    for number in jobs:
        runs = [cost(str(folder), "--jobs", str(number), "-f", format, "--exit-zero") for _ in range(repeats)]
        wall, cpu, memory = (min(values) for values in zip(*runs, strict=True))
        first = first or wall
        print(
            f"{number} workers: {wall:7.2f} s, {cpu:7.2f} s CPU, {wall / count * 1e3:6.3f} ms a file,"
            f" {first / wall:.2f} times as fast as with {jobs[0]}, {memory:.0f} MB"
        )


def memory(folder: Path, formats: list[str], counts: list[int]) -> None:
    """Print the peak memory for the first 1,000 files and so on, per format."""
    paths = files_of(folder)
    print(f"{'format':>9}" + "".join(f"{count:>12,}" for count in counts) + "   peak MB of the largest process")
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        for count in counts:
            for number, path in enumerate(islice(paths, count)):
                link = Path(place) / str(count) / f"{number // FILES_PER_FOLDER:04}" / path.name
                link.parent.mkdir(parents=True, exist_ok=True)
                os.link(path, link)
        for name in formats:
            print(f"{name:>9}", end="", flush=True)
            for count in counts:
                peak = cost(str(Path(place) / str(count)), "--jobs", "2", "-f", name, "--exit-zero").memory
                print(f"{peak:12.1f}", end="", flush=True)
            print()


def cache(folder: Path) -> None:
    """Print what reading and hashing a file costs, and what analyzing it costs: a cache saves the difference."""
    from lstmlint import analyze_all

    def seconds(action: Any) -> float:
        start = time.process_time()
        for path in paths:
            action(path)
        return (time.process_time() - start) / len(paths)

    paths = files_of(folder)
    analyze_all(paths[0])
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        known: dict[str, str] = {}

        def look_up(path: Path) -> str:
            key = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
            if key not in known:
                known[key] = key
                Path(key).write_text(json.dumps([report.to_dict() for report in analyze_all(path)]))
            return Path(key).read_text()

        look_up_all = seconds(look_up)
        hit = seconds(look_up)
    run = seconds(analyze_all)
    print(f"{len(paths):,} files: analysis {run * 1e3:.3f} ms, with an empty cache {look_up_all * 1e3:.3f} ms,"
          f" from the cache {hit * 1e3:.3f} ms a file")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("build", "workers", "memory", "cache"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", type=int, default=10_000)
    parser.add_argument("--programs", type=int, default=0)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--format", default="text")
    parser.add_argument("--formats", nargs="+", default=sorted(FORMATS))
    parser.add_argument("--counts", type=int, nargs="+", default=[1_000, 10_000, 50_000])
    given = parser.parse_args()
    if given.action == "build":
        build(given.folder, given.models, given.programs)
    elif given.action == "workers":
        workers(given.folder, given.jobs, given.repeats, given.format)
    elif given.action == "memory":
        memory(given.folder, given.formats, given.counts)
    else:
        cache(given.folder)


if __name__ == "__main__":
    main()
