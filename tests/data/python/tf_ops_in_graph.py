# runs: tf_keras
import tensorflow as tf
from tensorflow.keras import layers

inputs = tf.keras.Input(shape=(16, 12))
x = layers.Conv1D(8, 3, padding='same')(inputs)
x = tf.concat([x, inputs], axis=-1)
x = tf.reduce_mean(x, axis=1)
y = tf.expand_dims(x, -1)
y = tf.squeeze(y, axis=-1)
outputs = layers.Dense(4)(tf.nn.relu(y))
model = tf.keras.Model(inputs, outputs)
