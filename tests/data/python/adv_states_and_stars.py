# runs: tf_keras
import tensorflow as tf
from tensorflow.keras import layers

inputs = tf.keras.Input((12, 3))
sequence, *states = layers.LSTM(5, return_sequences=True, return_state=True)(inputs)
outputs = layers.LSTM(5, return_state=True)(sequence, initial_state=states)
a = tf.keras.Model(inputs, outputs[1:])

encoded, forward_h, backward_h = layers.Bidirectional(layers.GRU(4, return_state=True))(inputs)
b = tf.keras.Model(inputs, layers.Concatenate()([encoded, forward_h + backward_h]))

forward, backward = layers.Bidirectional(layers.SimpleRNN(6, return_sequences=True), merge_mode=None)(inputs)
c = tf.keras.Model(inputs, [forward, layers.Add()([forward, backward])])

custom = layers.Bidirectional(layers.LSTM(3, return_sequences=True), backward_layer=layers.GRU(3, return_sequences=True, go_backwards=True))
d = tf.keras.Model(inputs, custom(inputs))

cells = layers.StackedRNNCells([layers.LSTMCell(7), layers.LSTMCell(8)])
e = tf.keras.Model(inputs, layers.RNN(cells)(inputs))
