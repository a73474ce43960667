# runs: keras2
from keras.layers.core import Dense, Dropout, Activation
from keras.layers.recurrent import LSTM
from keras.layers.embeddings import Embedding
from keras.layers.wrappers import Bidirectional, TimeDistributed
from keras.layers.normalization import BatchNormalization
from keras.layers.advanced_activations import LeakyReLU
from keras.models import Sequential

model = Sequential()
model.add(Embedding(1500, 30, input_length=18))
model.add(Bidirectional(LSTM(units=22, return_sequences=True), merge_mode='concat'))
model.add(BatchNormalization())
model.add(TimeDistributed(Dense(9)))
model.add(LeakyReLU(alpha=0.3))
model.add(Dropout(0.4))
