# runs: keras
# models: net; sized
import keras
from keras import layers


class Net(keras.Model):
    def __init__(self, units, **kwargs):
        inputs = keras.Input((7,))
        hidden = layers.Dense(units, name="hidden")(inputs)
        outputs = layers.Dense(2, name="out")(hidden)
        super().__init__(inputs=inputs, outputs=outputs, **kwargs)


class Sized(keras.Sequential):
    def __init__(self, sizes):
        super().__init__(name="sized")
        self.add(keras.Input((3,)))
        for size in sizes:
            self.add(layers.Dense(size))


net = Net(5, name="net")
sized = Sized((4, 2))
