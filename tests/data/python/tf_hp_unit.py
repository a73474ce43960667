# runs: tf_keras
# given: class HP: Int = lambda self, name, *a, **k: 37
# models: build(HP())
# sizes: units = 37
from tensorflow import keras


def build(hp):
    units = hp.Int('units', min_value=8, max_value=64)
    inputs = keras.Input((24, 3))
    x = keras.layers.LSTM(units)(inputs)
    return keras.Model(inputs, keras.layers.Dense(1)(x))
