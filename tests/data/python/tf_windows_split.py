# runs: tf_keras
# given: fake("pandas", read_csv=lambda *a, **k: type("Frame", (), {"values": np.zeros((500, 8), "float32")})())
import numpy as np
import pandas as pd
from tensorflow.keras.layers import LSTM, Dense
from tensorflow.keras.models import Sequential

values = pd.read_csv('pollution.csv', header=0, index_col=0).values
n_hours = 3
n_features = 8
n_obs = n_hours * n_features
train_X = values[:300, :n_obs]
train_X = np.zeros((100, n_obs)).reshape((100, n_hours, n_features))
model = Sequential()
model.add(LSTM(50, input_shape=(train_X.shape[1], train_X.shape[2])))
model.add(Dense(1))
model.compile(loss='mae', optimizer='adam')
