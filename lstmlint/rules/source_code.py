"""Y: mistakes in the Python code of a model, which Keras refuses before there is a model."""

from __future__ import annotations

from lstmlint.rules.registry import reported

reported("Y101", "tensor-in-sequential", "error", raised_by="python")(
    """A Sequential gets a tensor, the output of a layer, where Keras takes a layer. Keras raises an error.

    ```python
    Sequential([Dense(8, input_shape=(4,)), Dropout(0.5)(x)])  # fails
    Sequential([Dense(8, input_shape=(4,)), Dropout(0.5)])  # passes
    ```

    Fix: Add the layer itself, without calling it, or use the functional API.
    """
)


reported("Y102", "class-as-layer", "error", raised_by="python")(
    """A Sequential gets the class of a layer instead of a layer of this class. Keras raises an error.

    ```python
    model.add(Flatten)  # fails
    model.add(Flatten())  # passes
    ```

    Fix: Write the parentheses, which create a layer.
    """
)


reported("Y103", "layer-as-tensor", "error", raised_by="python")(
    """A layer gets another layer as its input, or a model gets a layer as its output, where Keras takes a tensor. Keras raises
    an error.

    ```python
    x = Dense(8)
    y = Dense(4)(x)  # fails
    x = Dense(8)(inputs)
    y = Dense(4)(x)  # passes
    ```

    Fix: Call the first layer on a tensor, and pass its result.
    """
)
