# runs: tf_keras
import numpy as np
import tensorflow as tf

vocab_size, dim = 400, 25
weights = np.random.rand(vocab_size, dim)
model = tf.keras.models.Sequential()
model.add(tf.keras.layers.Embedding(vocab_size, dim, weights=[weights], input_length=10, trainable=False))
model.add(tf.keras.layers.Conv1D(16, 3))
model.add(tf.keras.layers.GlobalAveragePooling1D())
model.add(tf.keras.layers.Dense(1))
