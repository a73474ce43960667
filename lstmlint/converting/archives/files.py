"""Writing a converted model with its weights: a .keras archive, an .h5 file, or the files of TensorFlow.js."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import count
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstmlint.converting.archives import targets, writing
from lstmlint.converting.archives.matching import Matched, match
from lstmlint.converting.archives.sources import Located, locate, shown
from lstmlint.converting.archives.tree import Node, tree_of
from lstmlint.converting.notes import Note, Refused
from lstmlint.converting.tfjs import model_json
from lstmlint.inference import infer
from lstmlint.model.findings import ReadError, listing
from lstmlint.model.releases import TFJS, is_keras3, label, version
from lstmlint.model.values import show
from lstmlint.reading.hdf5_guard import DAMAGED, DAMAGED_HELP, install_h5py
from lstmlint.reading.sandbox import isolated
from lstmlint.reading.stored_weights import MissingH5pyError

if TYPE_CHECKING:
    from lstmlint.converting.notes import Conversion
    from lstmlint.inference.summary import ModelSummary
    from lstmlint.model.spec import ModelSpec
    from lstmlint.reading.document import Document

# Suffix -> container of a file that holds weights, too.
WHOLE = {".keras": "keras", ".h5": "hdf5", ".hdf5": "hdf5"}
# The first release with .keras files, besides Keras 3.
FIRST_ARCHIVE = (2, 12)
# The first release of Keras 3 that calls `finalize_state` after it has read an .h5 file.
FINALIZES_STATE = (3, 6)
# How fast a slow disk copies weights, in bytes a second.
_SLOW = 2 * 2**20


@dataclass(slots=True)
class Written:
    """The result of writing: what changed that the config does not tell.

    changes: rounded values. They refuse the file unless changes are allowed.
    refusal: why nothing was written.
    backup: where the replaced file is kept.
    """

    remarks: list[Note] = field(default_factory=list)
    changes: list[Note] = field(default_factory=list)
    refusal: str | None = None
    backup: Path | None = None


@dataclass(slots=True)
class Models:
    """A model before and after the conversion, and where its weights are."""

    document: Document
    release: str
    config: dict[str, Any]
    source: Node
    target: Node
    located: Located
    matched: Matched
    sources: dict[tuple[str, ...], tuple[str, ...]]
    size: int


def container_of(path: str, release: str) -> str | None:
    """Return the container that a file name and a release ask for; None for text without weights."""
    if release == TFJS and Path(path).suffix.lower() == ".json":
        return "tfjs"
    return WHOLE.get(Path(path).suffix.lower())


def write_model(
    document: Document,
    spec: ModelSpec,
    result: Conversion,
    release: str,
    path: Path,
    allow_changes: bool = False,
    keep: bool = False,
) -> Written:
    """Write a converted model with the weights of its file. Nothing is written if it is refused.

    keep: whether to keep the file that is replaced.

    Raises: ReadError, MissingH5pyError; OSError if the file cannot be written.
    """
    written = Written()
    container = container_of(str(path), release)
    try:
        models = prepare(document, spec, result, release)
        write = WRITERS[container or "hdf5"]
        with write(models, path) as (inexact, commit):
            notes = {(layer, message): Note(layer, message) for layer, message in inexact}
            written.changes = list(notes.values())
            if not written.changes or allow_changes:
                written.backup = backup(path) if keep else None
                commit()
    except Refused as refusal:
        written.refusal = str(refusal)
    if document.training_config is not None or spec.compile_config is not None:
        written.remarks.append(Note(None, "the optimizer with its state, the losses and metrics are not carried over"))
    return written


def prepare(document: Document, spec: ModelSpec, result: Conversion, release: str) -> Models:
    """Find the weights of a model, and what they become. Raises: Refused, ReadError."""
    from lstmlint.parsing import parse
    from lstmlint.reading.document import Document as Text

    if document.stored_weights is None or document.weight_values is None:
        raise Refused("the file has no weights; write the model as JSON")
    stored = document.stored_weights()
    if stored is None:
        raise Refused("the file has no weights; write the model as JSON")
    if result.model is None:
        raise Refused("its config is not converted")
    if find_spec("h5py") is None:
        raise MissingH5pyError("E012", "h5py, which reads and writes them, is not installed", install_h5py())
    before, after = infer(spec), infer(parse(Text(document.path, "json", result.model)))
    source, target = (tree_of(complete(model)) for model in (before, after))
    located = locate(source, stored, spec.dialect, document.backend)
    sources = sources_of(result)
    matched = match(source, target, located, sources)
    size = sum(prod(weight.shape) for weight in stored.weights) * 8
    return Models(document, release, result.model, source, target, located, matched, sources, size)


def complete(model: ModelSummary) -> ModelSummary:
    """Return a model whose weights are all known. Raises: Refused."""
    unknown = [row.name for row in model.walk() if row.used and row.params is None]
    if unknown:
        raise Refused(f"the weights of {listing([*map(show, unknown)])} are unknown")
    return model


def sources_of(result: Conversion) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the path of each layer in the result -> that of the layer in the file."""
    return dict(result.layers)


def keras_version(release: str) -> str:
    """Return the version that a file of a release states."""
    return "{}.{}.0".format(*version(release))


# Containers ---------------------------------------------------------------------------------------------------

# Writes a temporary file, and yields (rounded values, a function that puts it in its place).
Writer = Callable[[Models, Path], contextlib.AbstractContextManager[tuple[list[tuple[str, str]], Callable[[], None]]]]


@contextlib.contextmanager
def keras_file(models: Models, path: Path) -> Iterator[tuple[list[tuple[str, str]], Callable[[], None]]]:
    """Write a .keras archive. Raises: Refused for a release without such archives."""
    release = models.release
    if not is_keras3(release) and version(release) < FIRST_ARCHIVE:
        raise Refused(f"{label(release)} has no .keras files; write an .h5 file")
    places = targets.places(models.target, release)
    entries = list(targets.numbered(models.target, release, models.matched))
    groups = [(f"{place}/vars".lstrip("/"), node.name) for node, place in places.items()]
    with temporary(path) as weights, temporary(path) as archive:
        inexact = copy(models, writing.write_keras, weights, entries, groups)
        metadata = {"keras_version": keras_version(release), "date_saved": f"{datetime.now(UTC):%Y-%m-%d@%H:%M:%S}"}
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("metadata.json", json.dumps(metadata))
            file.writestr("config.json", json.dumps(as_archived(models.config, release)))
            file.write(weights, "model.weights.h5")
            copy_assets(models, places, file)
        yield inexact, lambda: put(archive, path)


def as_archived(config: dict[str, Any], release: str) -> dict[str, Any]:
    """Return a model as config.json of a release holds it. tf.keras asks for the module of the model there."""
    if is_keras3(release):
        return config
    name = "Sequential" if config["class_name"] == "Sequential" else "Model"
    return {"module": "keras", "class_name": name, "config": config["config"], "registered_name": None}


@contextlib.contextmanager
def hdf5_file(models: Models, path: Path) -> Iterator[tuple[list[tuple[str, str]], Callable[[], None]]]:
    """Write an .h5 file."""
    refuse_what_only_archives_hold(models)
    attributes = {
        "keras_version": keras_version(models.release),
        "backend": "tensorflow",
        "model_config": json.dumps(models.config),
    }
    content = writing.Hdf5Model(attributes, list(targets.ordered(models.target, models.release, models.matched)))
    with temporary(path) as file:
        inexact = copy(models, writing.write_hdf5, file, content)
        yield inexact, lambda: put(file, path)


@contextlib.contextmanager
def tfjs_files(models: Models, path: Path) -> Iterator[tuple[list[tuple[str, str]], Callable[[], None]]]:
    """Write a model.json and its files of weights beside it."""
    refuse_what_only_archives_hold(models)
    entries = list(targets.tfjs_names(models.target, models.matched))
    size = sum(prod(entry.shape or ()) * 4 for _, entry in entries)
    count = -(-size // writing.SHARD_BYTES)
    with contextlib.ExitStack() as stack:
        shards = [stack.enter_context(temporary(path)) for _ in range(count)]
        text = stack.enter_context(temporary(path))
        answer = copy(models, writing.write_tfjs, shards, entries)
        used = [shard for shard in shards if shard.stat().st_size]
        names = [f"{path.stem}-shard{number}of{len(used)}.bin" for number in range(1, len(used) + 1)]
        model = model_json(models.config, [{"paths": names, "weights": answer["weights"]}])
        text.write_text(json.dumps(model), "utf-8")

        def commit() -> None:
            for shard, name in zip(used, names, strict=True):
                put(shard, path.with_name(name))
            put(text, path)

        yield answer["inexact"], commit


WRITERS: dict[str, Writer] = {"keras": keras_file, "hdf5": hdf5_file, "tfjs": tfjs_files}


def copy(models: Models, write: Callable[..., Any], *arguments: Any) -> Any:
    """Copy the values in a process of its own, and return what `write` returns. Raises: ReadError, OSError."""
    seconds = 60 + models.size // _SLOW
    try:
        return isolated(
            write, arguments[0], models.document.weight_values, *arguments[1:], seconds=seconds, serve=False
        )
    except (*DAMAGED, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ReadError("E001", f"the weights cannot be read: {error}", DAMAGED_HELP) from None


def copy_assets(models: Models, places: dict[Node, str], archive: zipfile.ZipFile) -> None:
    """Copy the files that layers store beside their weights. Raises: Refused, ReadError."""
    if models.document.assets is None:
        return
    new = {models.sources.get(node.path, node.path): place for node, place in places.items()}
    old = {"/".join(place): node for node, place in models.located.places.items()}
    with models.document.assets() as assets:
        for name, asset in assets.items():
            place = next((name[:end] for end in range(len(name), 0, -1) if name[:end] in old), None)
            if place is None or old[place].path not in new:
                raise Refused(f"it is not known which layer the file {show(name)} in the archive belongs to")
            rest = name[len(place) + 1 :]
            with archive.open(f"assets/{new[old[place].path]}/{rest}", "w") as target:
                asset.copy(target)


def refuse_what_only_archives_hold(models: Models) -> None:
    """Raise Refused for quantized layers, and for layers with files beside their weights.

    The first releases of Keras 3 read the statistics of a Normalization from .h5 files, but do not use them.
    """
    unused = is_keras3(models.release) and version(models.release) < FINALIZES_STATE
    for node in models.target.walk():
        if node.quantized and node.all_variables():
            raise Refused(
                f"the {node.class_name} {shown(node)} is quantized or has LoRA weights, which needs a .keras file"
            )
        if unused and node.class_name == "Normalization" and node.variables:
            raise Refused(
                f"{label(models.release)} reads the mean and variance of {shown(node)} from an .h5 file, but computes"
                " without them; write a .keras file"
            )
    if models.document.assets is None:
        return
    with models.document.assets() as assets:
        if assets:
            old = {"/".join(place): node for node, place in models.located.places.items() if node.name}
            owners = {
                shown(node) for place, node in old.items() if any(name.startswith(f"{place}/") for name in assets)
            }
            raise Refused(
                f"the vocabulary of {listing(sorted(owners))} is a file in the archive, which only a .keras file can hold"
            )


@contextlib.contextmanager
def temporary(path: Path) -> Iterator[Path]:
    """Create an empty file with an unpredictable name in the folder of a file, and remove it if it is still there."""
    target = Path(os.path.realpath(path))
    handle, name = tempfile.mkstemp(".tmp", f".{target.name[:40]}.", target.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)  # noqa: PTH108


def put(temporary_file: Path, path: Path) -> None:
    """Put a file in its place as a whole, with the permissions of the old one."""
    target = Path(os.path.realpath(path))
    if target.exists():
        shutil.copymode(target, temporary_file)
    else:
        mask = os.umask(0)
        os.umask(mask)
        temporary_file.chmod(0o666 & ~mask)
    temporary_file.replace(target)


def backup(path: Path) -> Path:
    """Keep a copy of a file under a new name, and return that name. Raises: OSError."""
    with path.open("rb") as old:
        for number in count():
            kept = path.with_name(f"{path.name}.bak{number or ''}")
            with contextlib.suppress(FileExistsError), kept.open("xb") as new:
                shutil.copyfileobj(old, new)
                break
    shutil.copystat(path, kept)
    return kept
