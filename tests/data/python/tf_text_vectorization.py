# runs: tf_keras
import tensorflow as tf
from tensorflow.keras import layers

max_features, sequence_length, dim = 2000, 100, 16
vectorize = layers.TextVectorization(max_tokens=max_features, output_mode='int', output_sequence_length=sequence_length)
model = tf.keras.Sequential([
    layers.Input(shape=(1,), dtype=tf.string),
    vectorize,
    layers.Embedding(max_features + 1, dim),
    layers.Dropout(0.2),
    layers.GlobalAveragePooling1D(),
    layers.Dense(1),
])
