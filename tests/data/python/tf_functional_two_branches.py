# runs: tf_keras
from tensorflow.keras.layers import Input, Dense, Conv1D, GlobalMaxPooling1D, Concatenate, Dropout, Embedding
from tensorflow.keras.models import Model

filter_sizes = [2, 3, 5]
num_filters = 32
sequence_input = Input(shape=(70,), dtype='int32')
embedded = Embedding(6000, 100, trainable=False)(sequence_input)
convs = []
for fsz in filter_sizes:
    x = Conv1D(num_filters, fsz, activation='relu', padding='same')(embedded)
    x = GlobalMaxPooling1D()(x)
    convs.append(x)
merged = Concatenate(axis=1)(convs)
x = Dropout(0.1)(merged)
preds = Dense(4, activation='softmax')(x)
model = Model(sequence_input, preds)
