"""X: what a file can do to whoever loads it. The package `security` and the readers raise these problems."""

from __future__ import annotations

from lstmlint.rules.registry import reported

reported("X801", "lambda-bytecode", "warning", raised_by="security")(
    """A Lambda layer, or another argument, holds compiled Python code. Whoever loads the model runs it: Keras 1 and 2
    without asking, Keras 3 with `safe_mode=False`, and Keras 3 before 3.11.3 also from HDF5 files in spite of
    `safe_mode`. The finding gives the size and the SHA-256 of the code, decoded from base64 and no further.

    What the code does is not known. Most Lambda layers are harmless.

    Fix: Load the file only if you trust its author. In a model of your own, replace the Lambda layer by a layer of Keras,
    by `keras.ops`, or by a layer class.

    Fails:
        {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
          {"class_name": "Lambda", "config": {"name": "twice", "batch_input_shape": [null, 5], "function_type": "lambda",
            "function": ["4wEAAAA=", null, null]}}]}}

    Passes:
        {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
          {"class_name": "Rescaling", "config": {"name": "twice", "batch_input_shape": [null, 5], "scale": 2.0}}]}}

    References: CVE-2024-3660, CVE-2025-9905, CVE-2026-12481
    """
)


reported("X802", "foreign-module", "warning", raised_by="security")(
    """An object comes from a module that is not part of Keras. Keras 3.0 to 3.8 import that module and call what it names
    with arguments from the file, also with `safe_mode`. Later releases import it only if the class is registered or
    passed in `custom_objects`. Keras 2.15 and tf_keras 2.21 also find such a function for a Lambda layer.

    A class of the user's own package is normal, and a warning. A module of Python itself, such as `os`, is never part of
    a model, and an error.

    Fix: List packages that you trust in the setting `allow-modules`. Do not load a file that names modules of Python.

    References: CVE-2025-1550
    """
)


reported("X803", "non-modeling-function", "error", raised_by="reading security")(
    """The file calls a function of Keras or TensorFlow that is not part of a model, such as `keras.utils.get_file` or
    `keras.config.enable_unsafe_deserialization`. Such functions download files, write files, load other models, or
    disable `safe_mode`. Keras 3.0 to 3.8 call them as layers, also with `safe_mode`. Keras up to 3.10, Keras 2.15 and
    tf_keras 2.21 still find them for a Lambda layer.

    Fix: Do not load the file.

    References: CVE-2025-8747, CVE-2025-9906
    """
)


reported("X804", "external-savedmodel", "warning", raised_by="security")(
    """A TFSMLayer loads a SavedModel from the path in the file and runs its graph. A graph of TensorFlow can read and
    write files. Keras 3.0 to 3.11 open it also with `safe_mode`; 3.12.4 and later refuse. lstmlint does not examine that
    SavedModel.

    Fix: Load the file only if you trust the SavedModel at that path, too.

    References: CVE-2026-1462
    """
)


reported("X805", "pickled-module", "warning", raised_by="security")(
    """A TorchModuleWrapper holds a pickled PyTorch module. Unpickling can run any code. lstmlint does not unpickle it.

    Fix: Load the file only if you trust its author.

    References: CVE-2025-49655
    """
)


reported("X806", "vocabulary-path", "warning", raised_by="security")(
    """The vocabulary of a StringLookup, IntegerLookup or TextVectorization is a path or a URL. On loading, the layer opens
    it: it can read any file of the machine, or contact a server. Keras 3.0 to 3.11, Keras 2.15 and tf_keras 2.21 do so
    with `safe_mode`, too; Keras 3.12.4 and later refuse.

    Fix: Build the layer with a list of words, which is stored in the model.

    References: CVE-2025-12058
    """
)


reported("X807", "registered-name-mismatch", "warning", raised_by="security")(
    """A class of Keras has a registered name of another class. A loader looks for the registered name first, so a person or a
    scanner sees one class and the loader creates another, if the program has registered one of that name. Else Keras 3.0 to
    3.14 create the class of Keras, and 3.15 refuses the file.

    Fix: Set `registered_name` to null.
    """
)


reported("X808", "unsafe-name", "warning", raised_by="security")(
    """A name is a path: it points outside its folder, is absolute, or contains a backslash, a drive, or a zero byte. Keras uses
    names of layers in the paths of the files that it writes and reads.

    A name that points outside its folder is an error. Slashes alone are normal in models of Keras 1 and 2.

    Fix: Rename the layer.

    Fails:
        {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"name": "../../lstm", "units": 10, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"name": "lstm", "units": 10, "batch_input_shape": [null, 13, 5]}}]}}

    References: CVE-2026-12479
    """
)


reported("X809", "yaml-code-tag", "error", raised_by="reading")(
    """A YAML tag, of a value or of a key, names a Python object that a loader creates or calls. `model_from_yaml` of
    TensorFlow before 2.6, and `yaml.load` with an unsafe loader, do so. lstmlint reads null instead.

    Tags that Keras itself wrote, of tuples, shapes and arrays, are read as what they stand for.

    Fix: Do not load the file with such a loader. Write the model as JSON.

    References: CVE-2021-37678
    """
)


reported("X810", "unsafe-archive", "warning", raised_by="security")(
    """A member of the archive has no place in a `.keras` file, or its path points outside the folder that it is unpacked to: an
    absolute path, a path with `..`, a link, a second member of the same name, an encrypted member, a Python, pickle or
    executable file, or a member that unpacks to more than a hundred times its size.

    Fix: Do not unpack the file. Save the model again from a source that you trust.

    References: GHSA-hqp4-2352-xf5r, CVE-2026-0897
    """
)


reported("X811", "url", "info", raised_by="security")(
    """A string of the model is a URL. Most are harmless, such as the address of a TensorFlow Hub model. Some layers open it on loading.

    Fix: Look at what the layer does with it.
    """
)


reported("X812", "foreign-function-layer", "warning", raised_by="security")(
    """A JaxLayer or FlaxLayer calls functions that the file names or holds as code. What they do is not known.

    Fix: Load the file only if you trust its author.
    """
)


reported("X816", "unsafe-hdf5", "error", raised_by="inference")(
    """The HDF5 file with the weights refers to other files (external links, external or virtual datasets), or states a
    shape that is far larger than the data it holds. Keras before 3.13.2 follows such references, which reveal files of
    the machine, and allocates what the shape states.

    Fix: Do not load the file.

    References: CVE-2026-0897, CVE-2026-1669
    """
)


reported("X817", "two-formats", "warning", raised_by="reading")(
    """The file is valid in two formats at once, or has other data before its beginning. Keras 3, Keras
    2.15 and tf_keras decide by the name: they read the zip archive of a file named `.keras`, and the HDF5 data of one
    named `.h5` or `.hdf5`. A scanner that decides otherwise examines another model. lstmlint examines what Keras 3 would load.

    Fix: Save the model again. Do not load a file that was made to look like something else.
    """
)
