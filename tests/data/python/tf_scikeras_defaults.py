# runs: tf_keras
# models: create_model()
from tensorflow.keras.layers import Dense, Dropout
from tensorflow.keras.models import Sequential


def create_model(neurons=12, dropout_rate=0.0, activation='relu', n_layers=2):
    model = Sequential()
    model.add(Dense(neurons, input_shape=(8,), activation=activation, kernel_initializer='uniform'))
    for _ in range(n_layers):
        model.add(Dropout(dropout_rate))
        model.add(Dense(neurons // 2, activation=activation))
    model.add(Dense(1, activation='sigmoid'))
    model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
    return model
