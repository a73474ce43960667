# runs: keras
# given: X_train = np.zeros((64, 49, 7)); y_train = np.zeros((64, 3))
# sizes: X_train.shape[1] = 49; X_train.shape[2] = 7; y_train.shape[1] = 3
from keras.layers import LSTM, Dense, Input
from keras.models import Sequential

n_timesteps, n_features, n_outputs = X_train.shape[1], X_train.shape[2], y_train.shape[1]
model = Sequential()
model.add(Input((n_timesteps, n_features)))
model.add(LSTM(100))
model.add(Dense(100, activation="relu"))
model.add(Dense(n_outputs, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(X_train, y_train, epochs=15, batch_size=64, verbose=0)
