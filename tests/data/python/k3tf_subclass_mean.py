# runs: keras-tf
# models: model
import keras
import tensorflow as tf
from keras import layers


class TextClassifier(keras.Model):
    def __init__(self, vocab=1000, dim=24):
        super().__init__(name="text_classifier")
        self.embedding = layers.Embedding(vocab, dim, name="embedding")
        self.rnn = layers.Bidirectional(layers.LSTM(16), name="rnn")
        self.out = layers.Dense(3, name="out")

    def call(self, ids):
        return self.out(self.rnn(self.embedding(ids)))


model = TextClassifier()
model(tf.zeros((2, 30), dtype=tf.int32))
