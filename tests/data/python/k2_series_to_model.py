# runs: keras2
# given: def scale(p): return np.zeros((400, 5))
# sizes: dataset.shape[1] = 5
from keras.layers import Activation, Dense, LSTM
from keras.models import Sequential

look_back = 3
dataset = scale('prices.csv')
width = dataset.shape[1]


def build(neurons=(128, 64), batch=1):
    model = Sequential()
    model.add(LSTM(neurons[0], batch_input_shape=(batch, look_back, width), stateful=True, return_sequences=True))
    model.add(LSTM(neurons[1], stateful=True))
    model.add(Dense(1))
    model.add(Activation('linear'))
    return model


model = build()
