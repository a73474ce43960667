# runs: tf_keras
# models: zoo["mlp"]; zoo["cnn"]
import tensorflow as tf
from tensorflow.keras import layers


def mlp(shape, classes):
    return tf.keras.Sequential([layers.Flatten(input_shape=shape), layers.Dense(32), layers.Dense(classes)])


def cnn(shape, classes):
    return tf.keras.Sequential([layers.Conv2D(8, 3, input_shape=shape), layers.Flatten(), layers.Dense(classes)])


zoo = {builder.__name__: builder((32, 32, 3), 10) for builder in (mlp, cnn)}
