# runs: tf_keras
from tensorflow.keras.layers import Conv1D, Dense, Dropout, Flatten, Input, MaxPooling1D, concatenate
from tensorflow.keras.models import Model


def define_model(length, vocab_size):
    branches, inputs = [], []
    for kernel in (4, 6, 8):
        entry = Input(shape=(length, vocab_size))
        conv = Conv1D(filters=32, kernel_size=kernel, activation='relu')(entry)
        pool = MaxPooling1D(pool_size=2)(Dropout(0.5)(conv))
        branches.append(Flatten()(pool))
        inputs.append(entry)
    merged = concatenate(branches)
    outputs = Dense(1, activation='sigmoid')(Dense(10, activation='relu')(merged))
    model = Model(inputs=inputs, outputs=outputs)
    model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
    return model


model = define_model(200, 20)
