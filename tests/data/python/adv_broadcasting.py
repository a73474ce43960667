# runs: tf_keras
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

x = layers.Input((1,))
a = tf.keras.Model(x, layers.Dense(2)(x * np.ones((1, 8), 'float32')))
y = layers.Input((5, 1))
b = tf.keras.Model(y, layers.Dense(2)(y + tf.zeros((5, 4))))
z = layers.Input((4, 6))
c = tf.keras.Model(z, layers.Dense(3)(tf.matmul(z, np.ones((6, 7), 'float32'))))
d = tf.keras.Model([x, y], layers.Dense(3)(y * x[:, :, None]))
e = tf.keras.Model(z, layers.Dense(3)(z * [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
f = tf.keras.Model(y, layers.Dense(3)(tf.maximum(y, tf.constant([[0.0, 1.0, 2.0]]))))
