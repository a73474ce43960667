# runs: keras-tf
import keras
import tensorflow as tf
from keras import layers


class PatchEncoder(layers.Layer):
    def __init__(self, num_patches, dim):
        super().__init__()
        self.num_patches = num_patches
        self.projection = layers.Dense(units=dim)
        self.position = layers.Embedding(input_dim=num_patches, output_dim=dim)

    def call(self, patch):
        positions = tf.range(start=0, limit=self.num_patches, delta=1)
        return self.projection(patch) + self.position(positions)


inputs = keras.Input((36, 108))
x = PatchEncoder(36, 64)(inputs)
x = layers.LayerNormalization()(x)
x = layers.Flatten()(x)
model = keras.Model(inputs, layers.Dense(10)(x))
