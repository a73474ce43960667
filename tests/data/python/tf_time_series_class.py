# runs: tf_keras
# models: forecaster.model
import tensorflow as tf
from tensorflow.keras.layers import LSTM, Dense, Dropout
from tensorflow.keras.models import Sequential


class Forecaster():
    def __init__(self, look_back=10, **params):
        self.look_back = look_back
        self.params = {'units': 50, 'dropout': 0.2, 'layers': 3}
        self.params.update(params)
        self.model = self.get_model()

    def get_model(self):
        model = Sequential()
        for i in range(self.params['layers']):
            if i == 0:
                model.add(LSTM(self.params['units'], return_sequences=True, input_shape=(self.look_back, 1)))
            else:
                model.add(LSTM(self.params['units'], return_sequences=(i != self.params['layers'] - 1)))
            model.add(Dropout(self.params['dropout']))
        model.add(Dense(1))
        return model


forecaster = Forecaster(look_back=60, units=40)
forecaster.model.compile('adam', loss='mean_squared_error')
