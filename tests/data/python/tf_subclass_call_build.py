# runs: tf_keras
# models: model
import tensorflow as tf
from tensorflow.keras import Model, layers


class ResBlock(layers.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.conv1 = layers.Conv2D(filters, 3, padding='same')
        self.bn1 = layers.BatchNormalization()
        self.conv2 = layers.Conv2D(filters, 3, padding='same')
        self.bn2 = layers.BatchNormalization()
        self.project = layers.Conv2D(filters, 1)

    def call(self, inputs, training=None):
        x = tf.nn.relu(self.bn1(self.conv1(inputs), training=training))
        x = self.bn2(self.conv2(x), training=training)
        return tf.nn.relu(x + self.project(inputs))


class Net(Model):
    def __init__(self, widths, classes):
        super().__init__()
        self.blocks = [ResBlock(width) for width in widths]
        self.pool = layers.GlobalAveragePooling2D()
        self.head = layers.Dense(classes)

    def call(self, x, training=None):
        for block in self.blocks:
            x = block(x, training=training)
        return self.head(self.pool(x))


model = Net([8, 16], 10)
model.build(input_shape=(None, 32, 32, 3))
model.summary()
