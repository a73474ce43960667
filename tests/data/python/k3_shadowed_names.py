# runs: keras
# models: model
import keras
from keras.layers import Dense, Input


def Dense_block(x, n):
    Dense_ = Dense
    for Dense_units in (n, n // 2):
        x = Dense_(Dense_units)(x)
    return x


def unused(Dense):
    return Dense * 2


inputs = Input((21,))
model = keras.Model(inputs, Dense_block(inputs, 30))
