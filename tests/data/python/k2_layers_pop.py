# runs: keras2
# inexact: yes
from keras.layers import Dense
from keras.models import Sequential

popped = Sequential([Dense(3, input_dim=4), Dense(2)])
popped.layers.pop()
replaced = Sequential([Dense(3, input_dim=4), Dense(2)])
replaced.layers[-1] = Dense(7)
deleted = Sequential([Dense(3, input_dim=4), Dense(2)])
del deleted.layers[-1]
