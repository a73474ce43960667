# runs: keras1
from keras import backend as K
from keras.layers import Dense, Input, Lambda
from keras.models import Model

x = Input((12, 6))
summed = Lambda(lambda t: K.sum(t, axis=1), output_shape=lambda s: (s[0], s[2]))(x)
model = Model(input=x, output=Dense(3)(summed))
