# runs: keras
import functools

import keras
from keras import layers


def doubled(function):
    @functools.wraps(function)
    def wrapper(units, *args, **kwargs):
        return function(units * 2, *args, **kwargs)

    return wrapper


def repeated(times):
    def decorate(function):
        def wrapper(x, *args):
            for _ in range(times):
                x = function(x, *args)
            return x

        return wrapper

    return decorate


@doubled
def make(units, bias=True):
    return keras.Sequential([keras.Input((3,)), layers.Dense(units, use_bias=bias)])


@repeated(times=3)
def block(x, units):
    return layers.Dense(units)(x)


class Builder:
    width = 5

    @property
    def wide(self):
        return self.width * 2

    @classmethod
    @functools.lru_cache
    def layer(cls, n):
        return layers.Dense(n + cls.width)


a = make(4, bias=False)
x = keras.Input((6,))
b = keras.Model(x, block(x, 6))
builder = Builder()
c = keras.Model(x, builder.layer(1)(builder.layer(1)(x)))
d = keras.Sequential([keras.Input((2,)), layers.Dense(builder.wide)])
