# runs: keras-tf
import tensorflow as tf
from tensorflow.keras import layers

model = tf.keras.Sequential([
    tf.keras.Input(shape=(None, 8)),
    layers.GRU(24, return_sequences=True),
    layers.MultiHeadAttention(2, 8) if False else layers.LayerNormalization(),
    layers.GRU(12),
    layers.Dense(1),
])
