# runs: keras
# models: model
import keras
from keras import layers


class Classifier(keras.Model):
    def __init__(self, classes, **kwargs):
        super().__init__(**kwargs)
        self.dense1 = layers.Dense(64, activation="relu")
        self.norm = layers.BatchNormalization()
        self.dense2 = layers.Dense(classes)

    def call(self, inputs, training=False):
        x = self.dense1(inputs)
        x = self.norm(x, training=training)
        return self.dense2(x)


model = Classifier(7)
model(keras.Input((33,)))
model.summary()
