# runs: tf_keras
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

hidden = 24
model = tf.keras.Sequential()
model.add(layers.Dense(int(hidden / 2), input_shape=(5,)))
model.add(layers.Dense(np.int64(6)))
model.add(layers.Dense(hidden // 5 * 2))
model.add(layers.Dense(int(np.ceil(hidden / 7))))
model.add(layers.Dense(int(0.3 * 10)))
model.add(layers.Dense(hidden and 3))
