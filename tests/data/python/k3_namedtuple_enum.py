# runs: keras
from collections import namedtuple, OrderedDict
from enum import Enum

import keras

Block = namedtuple("Block", ["filters", "kernel", "pool"])


class Kind(Enum):
    SMALL = 8
    LARGE = 24


plan = OrderedDict(a=Block(Kind.SMALL.value, 3, True), b=Block(Kind.LARGE.value, 5, False))
image = x = keras.Input((32, 32, 1))
for name, block in plan.items():
    x = keras.layers.Conv2D(block.filters, block.kernel, name=name)(x)
    if block.pool:
        x = keras.layers.MaxPooling2D(name=f"{name}_pool")(x)
model = keras.Model(image, x)
