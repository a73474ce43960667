# runs: tf_keras
# models: model; features
import tensorflow as tf
from tensorflow.keras import layers

model = tf.keras.Sequential([
    layers.Conv1D(16, 3, input_shape=(64, 2), name='a'),
    layers.MaxPooling1D(name='b'),
    layers.Flatten(name='c'),
    layers.Dense(10, name='d'),
])
features = tf.keras.Sequential(model.layers[:-1])
