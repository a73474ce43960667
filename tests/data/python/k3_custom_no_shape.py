# runs: keras
import keras
from keras import layers, ops


class AttentionPooling(keras.layers.Layer):
    """Weighted mean over time."""

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(int(input_shape[-1]), 1))
        self.scale = self.add_weight(name="scale", shape=(1,), initializer="ones", trainable=False)
        super().build(input_shape)

    def call(self, x):
        scores = ops.squeeze(ops.tanh(ops.matmul(x, self.kernel)), -1)
        weights = ops.softmax(scores * self.scale, axis=-1)
        return ops.sum(x * ops.expand_dims(weights, -1), axis=1)


inputs = layers.Input((50, 12))
x = layers.Bidirectional(layers.GRU(30, return_sequences=True))(inputs)
x = AttentionPooling(name="pooling")(x)
model = keras.Model(inputs, layers.Dense(3)(x))
