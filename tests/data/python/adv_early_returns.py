# runs: keras
# models: build(8, 3); pick("deep"); pick("wide"); helper(5)
# sizes: units = 8; outputs = 3
import keras
from keras import layers


def build(units, outputs, dropout=None, bidirectional=False):
    if units is None:
        raise ValueError("units")
    if not isinstance(outputs, int):
        outputs = len(outputs)
    x = keras.Input((10, 2))
    cell = layers.LSTM(units)
    h = layers.Bidirectional(cell)(x) if bidirectional else cell(x)
    if dropout:
        h = layers.Dropout(dropout)(h)
    return keras.Model(x, layers.Dense(outputs)(h))


def pick(kind="deep"):
    if kind == "deep":
        return keras.Sequential([keras.Input((4,)), layers.Dense(8), layers.Dense(8), layers.Dense(1)])
    elif kind == "wide":
        model = keras.Sequential([keras.Input((4,))])
        model.add(layers.Dense(64))
        model.add(layers.Dense(1))
        return model
    raise KeyError(kind)


def helper(n, model=None):
    model = model or keras.Sequential([keras.Input((3,))])
    model.add(layers.Dense(n))
    return model


deep, wide = pick(), pick("wide")
small = helper(5)
