# runs: tf_keras
# given: X_train = np.zeros((300, 30, 2))
# sizes: X_train.shape[1] = 30; X_train.shape[2] = 2
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, LSTM, RepeatVector, TimeDistributed, Dropout

model = Sequential([
    LSTM(128, input_shape=(X_train.shape[1], X_train.shape[2])),
    Dropout(0.2),
    RepeatVector(X_train.shape[1]),
    LSTM(128, return_sequences=True),
    Dropout(0.2),
    TimeDistributed(Dense(X_train.shape[2]))
])
model.compile(optimizer='adam', loss='mae')
