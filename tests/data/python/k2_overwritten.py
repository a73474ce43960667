# runs: keras2
# models: model
from keras.layers import Dense
from keras.models import Sequential

for width in (4, 8, 16):
    model = Sequential()
    model.add(Dense(width, input_dim=3, activation='relu'))
    model.add(Dense(1))
    model.compile(loss='mse', optimizer='sgd')
    model.fit(None, None)
