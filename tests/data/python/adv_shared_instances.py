# runs: keras
import functools

import keras
from keras import layers

x = keras.Input((6,))

same = [layers.Dense(6)] * 3
h = x
for layer in same:
    h = layer(h)
repeated = keras.Model(x, h)


@functools.lru_cache
def dense(n):
    return layers.Dense(n)


cached = keras.Model(x, dense(6)(dense(6)(x)))

builders = [lambda t: layers.Dense(n)(t) for n in (3, 4, 5)]
h = x
for build in builders:
    h = build(h)
late = keras.Model(x, h)

bound = [lambda t, n=n: layers.Dense(n)(t) for n in (3, 4, 5)]
h = x
for build in bound:
    h = build(h)
early = keras.Model(x, h)


class Block:
    shared = layers.Dense(6)

    def __init__(self, n):
        self.own = layers.Dense(n)

    def __call__(self, t):
        return self.own(self.shared(t))


blocks = keras.Model(x, Block(3)(Block(6)(x)))
