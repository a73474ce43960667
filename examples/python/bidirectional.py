"""Why does the LSTM after a Bidirectional have so many parameters, and what does return_sequences add?

Bidirectional doubles the weights, and it joins the outputs of both directions: the second layer reads 128 features, not
64. return_sequences adds nothing. It returns the output of every timestep, which the second LSTM needs, instead of the
last one.

    2 * 4 * (64 * (128 + 64) + 64) = 98,816
    2 * 4 * (32 * (128 + 32) + 32) = 41,216
"""

from keras import Sequential
from keras.layers import LSTM, Bidirectional, Dense, Embedding, Input


def build(vocabulary):
    """Return a model that classifies texts."""
    model = Sequential()
    model.add(Input(shape=(None,), dtype="int32"))
    model.add(Embedding(vocabulary, 128))
    model.add(Bidirectional(LSTM(64, return_sequences=True)))
    model.add(Bidirectional(LSTM(32)))
    model.add(Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model
