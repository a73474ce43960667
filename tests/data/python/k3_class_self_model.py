# runs: keras
# models: Forecaster(24, 6, 3).model
# sizes: window = 24; horizon = 6; features = 3
import keras
from keras import layers


class Forecaster:
    def __init__(self, window, horizon, features, units=50):
        self.window = window
        self.horizon = horizon
        self.features = features
        self.units = units
        self.model = self._build()

    def _build(self):
        model = keras.Sequential()
        model.add(layers.Input((self.window, self.features)))
        model.add(layers.LSTM(self.units, return_sequences=True))
        model.add(layers.LSTM(self.units // 2))
        model.add(layers.Dense(self.horizon * self.features))
        model.add(layers.Reshape((self.horizon, self.features)))
        model.compile("adam", "mae")
        return model

    def fit(self, x, y):
        self.model.fit(x, y, epochs=10)
