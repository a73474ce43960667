# runs: keras
import keras
from keras import layers


def conv_block(filters, kernel=3):
    def apply(x):
        x = layers.Conv1D(filters, kernel, padding="causal")(x)
        x = layers.BatchNormalization()(x)
        return layers.Activation("swish")(x)

    return apply


def compose(*functions):
    def apply(x):
        for function in functions:
            x = function(x)
        return x

    return apply


inputs = keras.Input((256, 2))
outputs = compose(conv_block(12), conv_block(24, kernel=5), layers.GlobalAveragePooling1D(), layers.Dense(1))(inputs)
model = keras.Model(inputs, outputs)
