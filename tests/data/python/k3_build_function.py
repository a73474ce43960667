# runs: keras
# models: build_model(23, 7)
# sizes: timesteps = 23; features = 7
import keras


def build_model(timesteps, features, units=64, layers=2, rate=0.2):
    """Return a stacked LSTM for series."""
    inputs = keras.Input(shape=(timesteps, features))
    x = inputs
    for index in range(layers):
        x = keras.layers.LSTM(units, return_sequences=index < layers - 1)(x)
        x = keras.layers.Dropout(rate)(x)
    outputs = keras.layers.Dense(1)(x)
    return keras.Model(inputs, outputs)
