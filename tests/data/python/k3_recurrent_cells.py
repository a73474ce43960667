# runs: keras
import keras
from keras import layers

cells = [layers.LSTMCell(n) for n in (32, 16)] + [layers.GRUCell(8)]
inputs = keras.Input((None, 5))
x = layers.RNN(cells, return_sequences=True)(inputs)
x = layers.RNN(layers.SimpleRNNCell(4))(x)
model = keras.Model(inputs, x)
