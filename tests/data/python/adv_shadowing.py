# runs: keras
import keras
from keras import layers
from keras.layers import Dense as D, Input

Dense = lambda n: D(n * 2)
x = Input((5,))
doubled = keras.Model(x, Dense(3)(x))


class Wide(D):
    def __init__(self, units, **kwargs):
        super().__init__(units * 3, **kwargs)


wide = keras.Model(x, Wide(4, name="wide")(x))


def layer(Dense, units):
    return Dense(units)


passed = keras.Model(x, layer(D, 9)(x))
len = lambda _: 42
shadowed = keras.Model(x, D(len("abc"))(x))
keras.layers.Dense = lambda n: D(n + 1)
patched = keras.Model(x, keras.layers.Dense(7)(x))
keras.layers.Dense = D
