# runs: tf_keras
from tensorflow.keras.layers import Conv2D, MaxPool2D, Concatenate, Reshape, Flatten, Dense, Input, Embedding
from tensorflow.keras.models import Model

sequence_length, vocabulary_size, embedding_dim, num_filters = 56, 1800, 30, 10
inputs = Input(shape=(sequence_length,), dtype='int32')
reshape = Reshape((sequence_length, embedding_dim, 1))(Embedding(input_dim=vocabulary_size, output_dim=embedding_dim)(inputs))
pools = []
for size in [3, 4, 5]:
    conv = Conv2D(num_filters, kernel_size=(size, embedding_dim), padding='valid', activation='relu')(reshape)
    pools.append(MaxPool2D(pool_size=(sequence_length - size + 1, 1), strides=(1, 1), padding='valid')(conv))
output = Dense(units=2, activation='softmax')(Flatten()(Concatenate(axis=1)(pools)))
model = Model(inputs=inputs, outputs=output)
