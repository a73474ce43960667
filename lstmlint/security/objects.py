"""Objects in a document: every dictionary and every string, wherever it is, also where Keras does not look."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from lstmlint.model.findings import Problem, Severity
from lstmlint.model.limits import check_time
from lstmlint.model.pointers import escape
from lstmlint.model.values import show
from lstmlint.reading.document import Document
from lstmlint.reading.survey import Survey
from lstmlint.security import advisories
from lstmlint.security.advisories import Advisory, affected
from lstmlint.security.usual import is_usual

# A pointer as a chain of keys; written out only for findings.
Node = tuple[Any, Any] | None

_KERAS = frozenset({"keras", "tf_keras", "keras_hub", "keras_cv", "keras_nlp", "keras_core"})
# Modules of Python that no model needs, and that a user's own module is hardly named after.
_STANDARD = frozenset(
    "builtins __builtin__ os posix nt sys subprocess shutil pickle _pickle marshal importlib imp runpy pty socket ctypes"
    " urllib http ftplib smtplib telnetlib webbrowser tempfile pathlib io asyncio multiprocessing threading _thread timeit"
    " pdb codeop commands popen2 shelve dbm sqlite3 zipimport pkgutil inspect atexit faulthandler".split()
)
# Objects that Keras builds from their config alone, and what runs code or opens files in `builtins`.
_PLAIN = ("__tuple__", "__numpy__", "__tensor__", "__keras_tensor__", "__bytes__", "__complex__", "__ellipsis__")
_RUNNERS = ("eval", "exec", "compile", "open", "__import__", "getattr", "setattr", "delattr", "input", "breakpoint")
# Functions of Keras that are not part of a model.
NON_MODELING = frozenset(
    "clear_session enable_unsafe_deserialization load_model model_from_json model_from_yaml model_from_config save_model"
    " image_dataset_from_directory text_dataset_from_directory audio_dataset_from_directory"
    " timeseries_dataset_from_array load_img save_img deserialize_keras_object load_weights"
    " register_keras_serializable save_weights serialize_keras_object get_file extract_archive".split()
)
_NON_MODELING_MODULES = re.compile(
    r"(keras|tf_keras)(\.src)?\.(utils|config|saving|backend\.config|distribution)(\.|$)"
)
# Modules of Keras none of whose names are part of a model: they download data and weights, and write files.
_OUTSIDE_MODELS = re.compile(r"(keras|tf_keras)(\.src|\.api)?\.(datasets|callbacks|export)(\.|$)")
_APPLICATIONS = re.compile(r"(keras|tf_keras)(\.src|\.api)?\.applications(\.|$)")  # with layers of their own
_TF_GADGETS = re.compile(
    r"(^|\.)(io|raw_ops|saved_model|data|train|summary|debugging|profiler|distribute|load_op_library|load_library"
    r"|py_function|numpy_function|py_func|config)(\.|$)"
)
# Operations of TensorFlow that use files or call Python, in a node_def of any encoding.
GADGET_OPERATIONS = (
    "ReadFile", "WriteFile", "MatchingFiles", "PyFunc", "PyFuncStateless", "EagerPyFunc", "Save", "SaveV2", "SaveSlices",
    "Restore", "RestoreV2", "RestoreSlice", "ShardedFilename", "MergeV2Checkpoints", "PrintV2", "DebugIdentityV2",
)  # fmt: skip
_GADGET_OPERATION = re.compile(rf"(?<![A-Za-z0-9_])({'|'.join(GADGET_OPERATIONS)})(?![A-Za-z0-9_])")
_TF_FUNCTIONS = frozenset(
    "read_file write_file matching_files py_function numpy_function py_func eager_py_func load_op_library load_library"
    " load_file_system_library save restore".split()
)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://")
_MARK = re.compile(r"[/\\:\0]|^\.\.$")  # what every name that is a path contains
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_CODE_ARGUMENTS = ("function", "output_shape", "mask")
_TEXT_CLASSES = ("StringLookup", "IntegerLookup", "IndexLookup", "TextVectorization")
# Findings of one kind that a report lists.
_MOST = 1_000
_TIMED = 4096


def check(
    survey: Survey, document: Document | None, targets: tuple[str, ...], allowed: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield the problems of all objects and strings. Raises: OutOfTime."""
    scan = Scan(document.container if document else "", targets, allowed)
    roots: list[tuple[Any, str]] = []
    if document is not None:
        roots += [(document.data, ""), (document.training_config, "")]
    roots += [(part, "") for part in survey.parts]
    roots += [(value, pointer) for pointer, value in survey.lost]
    for root, pointer in roots:
        for problem in scan.walk(root, pointer):
            if scan.count(problem):
                yield problem


class Scan:
    """The examination of one file."""

    def __init__(self, container: str, targets: tuple[str, ...], allowed: tuple[str, ...]) -> None:
        self.container = container
        self.targets = targets
        self.allowed = allowed
        self.seen: set[int] = set()
        self.found: dict[str, int] = {}
        self.classes: set[tuple[str, str]] = set()
        self.visited = 0

    def count(self, problem: Problem) -> bool:
        """Count a problem of its kind; return whether to report it."""
        self.found[problem.code] = self.found.get(problem.code, 0) + 1
        return self.found[problem.code] <= _MOST

    def walk(self, root: Any, start: str) -> Iterator[Problem]:
        """Yield the problems of a value and everything inside it. Each value is visited once."""
        if not isinstance(root, dict | list):
            return
        stack: list[tuple[Any, Node, Any]] = [(root, None, None)]
        while stack:
            value, node, owner = stack.pop()
            self.visited += 1
            if self.visited % _TIMED == 0:
                check_time()
            if id(value) in self.seen:
                continue
            self.seen.add(id(value))
            if isinstance(value, dict):
                if isinstance(value.get("class_name"), str):
                    owner = value
                    if _needs_a_look(value):
                        yield from self.object(value, _Place(start, node))
                members: Iterable[tuple[Any, Any]] = value.items()
            else:
                members = enumerate(value)
            for key, inner in members:
                if isinstance(inner, dict | list):
                    stack.append((inner, (node, key), owner))
                elif isinstance(inner, str) and "://" in inner and _URL.match(inner.strip()):
                    yield self.url(inner, _Place(start, (node, key)), owner)

    def object(self, obj: dict[str, Any], place: _Place) -> Iterator[Problem]:
        """Yield the problems of an object with a class."""
        class_name, config = obj["class_name"], obj.get("config")
        place.layer = _name_of(obj)
        module = obj.get("module")
        config_dict = config if isinstance(config, dict) else {}
        if class_name == "__lambda__":
            yield self.code(config_dict.get("code"), "a Python function", place, legacy=False)
        elif class_name == "Lambda":
            yield from self.lambda_layer(config_dict, place)
        elif class_name == "TFSMLayer":
            yield self.problem(
                "X804", f"TFSMLayer loads the SavedModel at {show(config_dict.get('filepath'))} and runs its graph",
                "Load the file only if you trust that SavedModel, too.", place, (advisories.SAVED_MODEL,),
            )  # fmt: skip
        elif class_name == "TorchModuleWrapper":
            yield self.problem(
                "X805", f"TorchModuleWrapper holds a pickled PyTorch module{_size(config_dict.get('module'))}; unpickling can run"
                " any code", "Load the file only if you trust its author.", place, (advisories.TORCH,),
            )  # fmt: skip
        elif class_name in ("JaxLayer", "FlaxLayer"):
            yield self.problem(
                "X812", f"{class_name} calls functions that the file names or contains",
                "Load the file only if you trust its author.", place, (),
            )  # fmt: skip
        elif class_name == "TFOpLambda" and isinstance(config_dict.get("function"), str):
            function = config_dict["function"]
            if _TF_GADGETS.search(function):
                yield self.problem(
                    "X803", f"TFOpLambda calls the TensorFlow function {show(function)}, which no model needs",
                    "Do not load the file, unless you know why it calls this function.", place, (), "error",
                )  # fmt: skip
        elif class_name == "TensorFlowOpLayer":
            yield from self.operation(config_dict.get("node_def"), place)
        if class_name in _TEXT_CLASSES and isinstance(config_dict.get("vocabulary"), str):
            yield self.problem(
                "X806", f"the vocabulary of {class_name} is the path or URL {show(config_dict['vocabulary'])}",
                "Store the words in the model: build the layer with a list of words.", place.at("config", "vocabulary"),
                (advisories.VOCABULARY,),
            )  # fmt: skip
        if isinstance(module, str) and class_name not in _PLAIN:
            yield from self.module(obj, module, place)
        elif module is not None and not isinstance(module, str):
            yield self.problem(
                "X802",
                f"the module of {show(class_name)} is {show(module)}, not a name",
                "Remove the object.",
                place,
                (),
            )
        yield from self.names(obj, config_dict, place)

    def lambda_layer(self, config: dict[str, Any], place: _Place) -> Iterator[Problem]:
        """Yield the problems of a Lambda layer as Keras 1 and 2 write it; in Keras 3, code is an object of its own."""
        for argument in _CODE_ARGUMENTS:
            value, kind = config.get(argument), config.get(f"{argument}_type")
            at = place.at("config", argument)
            if kind in ("lambda", "raw") or (
                isinstance(value, list) and value and isinstance(value[0], str) and kind is None
            ):
                if isinstance(value, list | str) and value:
                    yield self.code(
                        value[0] if isinstance(value, list) else value, f"the {argument} of a Lambda layer", at, True
                    )
            module = config.get("module" if argument == "function" else f"{argument}_module")
            if isinstance(module, str) and kind == "function":
                yield from self.function_of_lambda(module, value, at)

    def function_of_lambda(self, module: str, function: Any, place: _Place) -> Iterator[Problem]:
        """Yield the problem of a function that a Lambda layer of Keras 2 looks up in a module."""
        root = module.partition(".")[0]
        if root in _STANDARD:
            yield self.problem(
                "X802", f"a Lambda layer calls {show(function)} from the module {show(module)} of Python, not part of a model",
                "Do not load the file.", place, (), "error",
            )  # fmt: skip
        elif (root in _KERAS and (function in NON_MODELING or _NON_MODELING_MODULES.match(module))) or (
            root == "tensorflow" and function in _TF_FUNCTIONS
        ):
            yield self.problem(
                "X803", f"a Lambda layer calls {show(function)} from the module {show(module)}, which no model needs",
                "Do not load the file.", place, (), "error",
            )  # fmt: skip

    def operation(self, node_def: Any, place: _Place) -> Iterator[Problem]:
        """Yield the problem of an operation of TensorFlow that a layer of tf.keras wraps."""
        name = node_def.get("op") if isinstance(node_def, dict) else node_def
        match = _GADGET_OPERATION.search(name) if isinstance(name, str) else None
        if match is not None:
            yield self.problem(
                "X803", f"TensorFlowOpLayer runs the TensorFlow operation {match[1]}, which no model needs",
                "Do not load the file, unless you know why it runs this operation.", place.at("config", "node_def"), (), "error",
            )  # fmt: skip

    def code(self, text: Any, what: str, place: _Place, legacy: bool) -> Problem:
        """Return the problem of serialized Python code. It is never decoded further than base64."""
        raw = str(text).encode("utf-8", "surrogatepass")
        encoding = "not base64"
        if isinstance(text, str):
            try:
                raw = base64.b64decode("".join(text.split()), validate=True)
                encoding = "base64"
            except (ValueError, binascii.Error):
                pass
        digest = hashlib.sha256(raw).hexdigest()
        known: tuple[Advisory, ...] = (advisories.LAMBDA,) if legacy else (advisories.LAMBDA_UNSAFE,)
        if self.container == "hdf5":
            known += (advisories.LAMBDA_HDF5,)
        return self.problem(
            "X801",
            f"{what} is stored as compiled Python code: {len(raw):,} bytes, {encoding}, SHA-256 {digest}",
            "Load the file only if you trust its author. The code runs only on the version of Python that wrote it:"
            " replace it with a Keras layer, a registered function, or a"
            " layer class.",
            place,
            known,
            "info" if self.container == "saved_model" else None,  # loaders use the operations there instead
        )

    def module(self, obj: dict[str, Any], module: str, place: _Place) -> Iterator[Problem]:
        """Yield the problems of the module and the registered name of an object."""
        name, registered = obj["class_name"], obj.get("registered_name")
        if name == "function":
            name = obj.get("config") if isinstance(obj.get("config"), str) else name
        root = module.partition(".")[0]
        if root in _KERAS:
            if (
                name in NON_MODELING
                or (_NON_MODELING_MODULES.match(module) and str(name)[:1].islower())
                or (_OUTSIDE_MODELS.match(module) and name != "TFSMLayer")
                or (_APPLICATIONS.match(module) and obj["class_name"] == "function")
            ):
                known = (advisories.UNSAFE_MODE if name == "enable_unsafe_deserialization" else advisories.GADGETS,)
                yield self.problem(
                    "X803", f"the file calls {module}.{name}, which no model needs",
                    "Do not load the file.", place, known, "error",
                )  # fmt: skip
            elif isinstance(registered, str) and registered.rpartition(">")[2] not in (obj["class_name"], name):
                yield self.problem(
                    "X807", f"the class {show(obj['class_name'])} of {module} has the registered name {show(registered)};"
                    " loaders look up the registered name first",
                    "Set registered_name to null.", place, (), None, "; Keras 3.15 refuses names that are not registered",
                )  # fmt: skip
            return
        if root == "builtins" and name not in _RUNNERS:
            return  # Keras writes functions and classes of users like this
        if any(module == one or module.startswith(f"{one}.") for one in self.allowed):
            return
        if root == "tensorflow" and (name == "__typespec__" or re.search(r"(^|\.)_?keras(\.|$)", module)):
            return
        if root in _STANDARD:
            yield self.problem(
                "X802", f"{show(name)} comes from the Python module {show(module)}, which no model needs",
                "Do not load the file.", place, (advisories.MODULES,), "error",
            )  # fmt: skip
        else:
            yield self.problem(
                "X802", f"{show(name)} comes from the module {show(module)}, which is not part of Keras",
                f"If you trust the package {show(root)}, add it to allow-modules in the settings.",
                place, (advisories.MODULES,),
            )  # fmt: skip

    def names(self, obj: dict[str, Any], config: dict[str, Any], place: _Place) -> Iterator[Problem]:
        """Yield the problem of a name that is a path."""
        for holder, keys in ((config, ("config", "name")), (obj, ("name",))):
            name = holder.get("name")
            if not isinstance(name, str):
                continue
            parts = name.replace("\\", "/").split("/")
            if ".." in parts:
                what = "points outside its folder"
            elif name.startswith("/") and len(name) > 1:
                what = "is an absolute path"
            elif "\0" in name or "\\" in name or _DRIVE.match(name):
                what = "contains a character that separates or ends paths"
            else:
                continue
            yield self.problem(
                "X808", f"the name {show(name)} {what}; Keras uses layer names in file paths", "Rename the layer.",
                place.at(*keys), (advisories.NAMES,), "error" if ".." in parts else None,
            )  # fmt: skip
            return

    def url(self, value: str, place: _Place, owner: dict[str, Any] | None) -> Problem:
        """Return the finding of a URL."""
        place.layer = _name_of(owner) if owner else None
        return self.problem(
            "X811", f"the file contains the URL {show(value)}",
            "Check whether the layer opens it.", place, (),
        )  # fmt: skip

    def problem(
        self,
        code: str,
        message: str,
        help: str,
        place: _Place,
        known: tuple[Advisory, ...],
        severity: Severity | None = None,
        more: str = "",
    ) -> Problem:
        """Return a problem that says which releases are affected."""
        sentence, concerned = affected(known, self.targets)
        text = message + more + (f" ({sentence})" if sentence else "")
        return Problem(code, text, help, place.layer, place.pointer, severity if concerned else "info")


def _needs_a_look(obj: dict[str, Any]) -> bool:
    """Check whether an object is not of a usual class, or has a name that may be a path."""
    module, config = obj.get("module"), obj.get("config")
    if module is not None and not isinstance(module, str):
        return True
    names = (obj.get("name"), config.get("name") if isinstance(config, dict) else None)
    return not is_usual((obj["class_name"], module, obj.get("registered_name"))) or any(
        isinstance(name, str) and _MARK.search(name) for name in names
    )


class _Place:
    """Where an object is: a pointer, written out when needed, and the layer."""

    __slots__ = ("layer", "node", "start")

    def __init__(self, start: str, node: Node, layer: str | None = None) -> None:
        self.start = start
        self.node = node
        self.layer = layer

    def at(self, *keys: str) -> _Place:
        """Return the place of a value inside."""
        node = self.node
        for key in keys:
            node = (node, key)
        return _Place(self.start, node, self.layer)

    @property
    def pointer(self) -> str:
        """The JSON pointer."""
        keys = []
        node = self.node
        while node is not None:
            keys.append(escape(str(node[1])))
            node = node[0]
        return self.start + "".join(f"/{key}" for key in reversed(keys))


def _name_of(obj: dict[str, Any]) -> str | None:
    config = obj.get("config")
    name = config.get("name") if isinstance(config, dict) else None
    name = obj.get("name") if name is None else name
    return name if isinstance(name, str) else None


def _size(module: Any) -> str:
    value = (
        module.get("config", {}).get("value")
        if isinstance(module, dict) and isinstance(module.get("config"), dict)
        else module
    )
    if not isinstance(value, str):
        return ""
    return f" ({len(value):,} characters, SHA-256 {hashlib.sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()})"
