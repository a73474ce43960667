# runs: keras
from keras.layers import GRU, Dense, Input, LSTM
from keras.models import Model


def make(cell, units, steps=30, features=4):
    series = Input(shape=(steps, features), name="series")
    hidden = cell(units, name="rnn")(series)
    return Model(series, Dense(1, name="head")(hidden))


lstm = make(LSTM, 40)
gru = make(GRU, 40, steps=60)
