# runs: keras
import keras
from keras import layers

KIND = "gru"
BIDIRECTIONAL = True
CELLS = {"lstm": layers.LSTM, "gru": layers.GRU, "rnn": layers.SimpleRNN}

inputs = keras.Input((20, 8))
cell = CELLS[KIND](32)
x = layers.Bidirectional(cell)(inputs) if BIDIRECTIONAL else cell(inputs)
if x.shape[-1] > 50:
    x = layers.Dense(16)(x)
elif x.shape[-1] == 50:
    x = layers.Dense(8)(x)
else:
    x = layers.Dense(4)(x)
model = keras.Model(inputs, x)
