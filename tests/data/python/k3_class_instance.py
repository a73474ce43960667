# runs: keras
# models: net.model
import keras
from keras import layers


class Network:
    activation = "relu"

    def __init__(self, sizes, classes=10):
        self.sizes = sizes
        self.classes = classes
        self.model = None

    def head(self, x):
        return layers.Dense(self.classes, activation="softmax", name="head")(x)

    def build(self):
        image = keras.Input((64, 64, 3), name="image")
        x = image
        for size in self.sizes:
            x = layers.Conv2D(size, 3, activation=self.activation, name="conv%d" % size)(x)
        x = layers.GlobalMaxPooling2D(name="pool")(x)
        self.model = keras.Model(image, self.head(x), name="net")
        return self


net = Network([8, 16, 32]).build()
net.model.summary()
