# runs: tf_keras
# models: net.model
import tensorflow as tf


class Base:
    hidden = 20

    def __init__(self, inputs):
        self.inputs = inputs
        self.model = self.build()

    def body(self, x):
        raise NotImplementedError

    def build(self):
        entry = tf.keras.Input(self.inputs)
        return tf.keras.Model(entry, tf.keras.layers.Dense(2)(self.body(entry)))


class Recurrent(Base):
    hidden = 33

    def body(self, x):
        x = tf.keras.layers.LSTM(self.hidden, return_sequences=True)(x)
        return tf.keras.layers.LSTM(self.hidden)(x)


net = Recurrent((15, 4))
