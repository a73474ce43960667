# runs: keras
# models: model
import keras
from keras import layers


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.flatten = layers.Flatten()
        self.first = layers.Dense(100, activation="relu")
        self.last = layers.Dense(10)

    def call(self, x):
        return self.last(self.first(self.flatten(x)))


model = Net()
model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
