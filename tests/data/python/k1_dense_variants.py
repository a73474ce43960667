# runs: keras1
from keras.models import Sequential
from keras.layers import Dense, Highway, MaxoutDense, Reshape, Permute, Flatten
from keras.layers.advanced_activations import PReLU, LeakyReLU

model = Sequential()
model.add(Dense(64, input_dim=20, init='uniform'))
model.add(PReLU())
model.add(Highway())
model.add(MaxoutDense(32, nb_feature=3))
model.add(LeakyReLU(0.1))
model.add(Reshape((8, 4)))
model.add(Permute((2, 1)))
model.add(Flatten())
model.add(Dense(1))
