# runs: keras
import keras
from keras import layers


def conv(x, filters, **kwargs):
    options = dict(kernel_size=3, padding="same", activation="relu")
    options.update(kwargs)
    return layers.Conv2D(filters, **options)(x)


def stack(*sizes, shape=(48, 48, 3), **options):
    inputs = keras.Input(shape)
    x = inputs
    for size in sizes:
        x = conv(x, size, **options)
    return keras.Model(inputs, layers.Flatten()(x))


small = stack(4, 8)
strided = stack(4, 8, 16, strides=2, use_bias=False)
