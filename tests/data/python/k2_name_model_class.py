# runs: keras2
# models: model.net
from keras import models
from keras.layers import Dense


class Model:
    def __init__(self, width):
        self.net = models.Sequential()
        self.net.add(Dense(width, input_shape=(2,)))
        self.net.add(Dense(1, name='value'))


model = Model(18)
