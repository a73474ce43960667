# runs: keras-tf
import keras
import tensorflow as tf
from keras import layers

wave = keras.Input((1600,))
x = layers.Lambda(lambda t: tf.expand_dims(t, -1), name="channel")(wave)
x = layers.Conv1D(8, 40, strides=20)(x)
x = layers.Lambda(lambda t: tf.reduce_max(t, axis=1), name="peak")(x)
model = keras.Model(wave, layers.Dense(4)(x))
