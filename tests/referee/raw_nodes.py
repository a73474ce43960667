"""TensorFlowOpLayer as TensorFlow 2.0 to 2.3 saved it: a graph operation's NodeDef and its constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

RAW_CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda tf, i: tf.raw_ops.AddV2(x=i(None, 4), y=i(None, 4)),
    "add_constant": lambda tf, i: tf.raw_ops.AddV2(x=i(None, 4), y=[1.0, 2.0, 3.0, 4.0]),
    "constant_first": lambda tf, i: tf.raw_ops.Sub(x=1.0, y=i(None, 4)),
    "relu": lambda tf, i: tf.raw_ops.Relu(features=i(None, 4)),
    "neg": lambda tf, i: tf.raw_ops.Neg(x=i(None, 4)),
    "mean": lambda tf, i: tf.raw_ops.Mean(input=i(None, 4, 5), axis=1),
    "mean_kept": lambda tf, i: tf.raw_ops.Mean(input=i(None, 4, 5), axis=[1, 2], keep_dims=True),
    "concat": lambda tf, i: tf.raw_ops.ConcatV2(values=[i(None, 4), i(None, 3)], axis=1),
    "pack": lambda tf, i: tf.raw_ops.Pack(values=[i(None, 4), i(None, 4)], axis=1),
    "unpack": lambda tf, i: tf.raw_ops.Unpack(value=i(None, 3), num=3, axis=1),
    "split": lambda tf, i: tf.raw_ops.Split(axis=1, value=i(None, 6), num_split=2),
    "split_v": lambda tf, i: tf.raw_ops.SplitV(value=i(None, 6), size_splits=[2, 4], axis=1, num_split=2),
    "reshape": lambda tf, i: tf.raw_ops.Reshape(tensor=i(None, 4, 6), shape=[-1, 24]),
    "transpose": lambda tf, i: tf.raw_ops.Transpose(x=i(None, 4, 6), perm=[0, 2, 1]),
    "expand_dims": lambda tf, i: tf.raw_ops.ExpandDims(input=i(None, 4), axis=-1),
    "squeeze": lambda tf, i: tf.raw_ops.Squeeze(input=i(None, 1, 4), axis=[1]),
    "tile": lambda tf, i: tf.raw_ops.Tile(input=i(None, 4), multiples=[1, 3]),
    "pad": lambda tf, i: tf.raw_ops.Pad(input=i(None, 4), paddings=[[0, 0], [1, 2]]),
    "strided_slice": lambda tf, i: i(None, 4, 6)[:, 1:3, 0],
    "strided_slice_ellipsis": lambda tf, i: i(None, 4, 6)[..., None, ::2],
    "slice": lambda tf, i: tf.raw_ops.Slice(input=i(None, 4), begin=[0, 1], size=[-1, 2]),
    "gather": lambda tf, i: tf.raw_ops.GatherV2(params=i(None, 4), indices=[0, 2], axis=1),
    "one_hot": lambda tf, i: tf.raw_ops.OneHot(indices=i(None, dtype="int32"), depth=5, on_value=1.0, off_value=0.0),
    "top_k": lambda tf, i: tf.raw_ops.TopKV2(input=i(None, 9), k=3),
    "argmax": lambda tf, i: tf.raw_ops.ArgMax(input=i(None, 9, 4), dimension=1),
    "cast": lambda tf, i: tf.raw_ops.Cast(x=i(None, 4), DstT=tf.int32),
    "shape": lambda tf, i: tf.raw_ops.Shape(input=i(None, 4)),
    "matmul": lambda tf, i: tf.raw_ops.MatMul(a=i(None, 4), b=i(3, 4), transpose_b=True),
    "batch_matmul": lambda tf, i: tf.raw_ops.BatchMatMulV2(x=i(None, 4, 6), y=i(None, 5, 6), adj_y=True),
    "conv2d": lambda tf, i: tf.raw_ops.Conv2D(
        input=i(None, 8, 8, 3), filter=i(3, 3, 3, 5), strides=[1, 2, 2, 1], padding="SAME"
    ),
    "max_pool": lambda tf, i: tf.raw_ops.MaxPool(
        input=i(None, 8, 8, 3), ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID"
    ),
    "resize": lambda tf, i: tf.raw_ops.ResizeBilinear(images=i(None, 8, 8, 3), size=[4, 5]),
    "select": lambda tf, i: tf.raw_ops.SelectV2(condition=i(None, 4, dtype="bool"), t=i(None, 4), e=0.0),
    "clip": lambda tf, i: tf.raw_ops.ClipByValue(t=i(None, 4), clip_value_min=0.0, clip_value_max=1.0),
    "cumsum": lambda tf, i: tf.raw_ops.Cumsum(x=i(None, 4), axis=1),
    "add_n": lambda tf, i: tf.raw_ops.AddN(inputs=[i(None, 4), i(None, 4)]),
}


def raw_model(tf: Any, name: str) -> tuple[dict[str, Any], list[tuple[int | None, ...]]]:
    """Return a model with the operation as a TensorFlowOpLayer, and the output shapes that TensorFlow computes."""
    from google.protobuf import json_format

    inputs: list[Any] = []
    with tf.Graph().as_default():

        def make(*shape: int | None, dtype: str = "float32") -> Any:
            inputs.append(tf.compat.v1.placeholder(dtype, shape))
            return inputs[-1]

        outputs = tf.nest.flatten(RAW_CALLS[name](tf, make))
        operation = outputs[0].op
        constants = {}
        wired = []
        for index, source in enumerate(operation.inputs):
            found = next((n for n, one in enumerate(inputs) if one is source), None)
            if found is None:
                constants[str(index)] = tf.get_static_value(source).tolist()
            else:
                wired.append([f"input_{found}", 0, 0, {}])
        node = json_format.MessageToDict(operation.node_def)
        layers: list[dict[str, Any]] = [
            {
                "class_name": "InputLayer", "name": f"input_{n}", "inbound_nodes": [],
                "config": {"batch_input_shape": one.shape.as_list(), "dtype": one.dtype.name, "name": f"input_{n}"},
            }
            for n, one in enumerate(inputs)
        ]  # fmt: skip
        layers.append(
            {
                "class_name": "TensorFlowOpLayer", "name": f"tf_op_layer_{name}", "inbound_nodes": [wired],
                "config": {"name": name, "trainable": True, "dtype": "float32", "node_def": node, "constants": constants},
            }
        )  # fmt: skip
        config = {
            "name": "model", "layers": layers, "input_layers": [[f"input_{n}", 0, 0] for n in range(len(inputs))],
            "output_layers": [[layers[-1]["name"], 0, n] for n in range(len(outputs))],
        }  # fmt: skip
        model = {"class_name": "Model", "config": config, "keras_version": "2.3.0-tf", "backend": "tensorflow"}
        return model, [tuple(one.shape) for one in outputs]
