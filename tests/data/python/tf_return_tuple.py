# runs: tf_keras
# models: training; inference
import tensorflow as tf
from tensorflow.keras import layers


def make_models(chars, units=32):
    inputs = layers.Input((None, chars), name='chars')
    lstm = layers.LSTM(units, return_sequences=True, return_state=True, name='lstm')
    sequence, h, c = lstm(inputs)
    dense = layers.Dense(chars, activation='softmax', name='next')
    training = tf.keras.Model(inputs, dense(sequence))
    states = layers.Input((units,), name='h'), layers.Input((units,), name='c')
    sequence, h, c = lstm(inputs, initial_state=states)
    return training, tf.keras.Model([inputs, *states], [dense(sequence), h, c])


training, inference = make_models(27)
