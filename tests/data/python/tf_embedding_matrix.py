# runs: tf_keras
# given: word_index = {i: i for i in range(1008)}
# sizes: len(word_index) = 1008
import numpy as np
from tensorflow.keras.layers import Embedding, Input, LSTM, Dense
from tensorflow.keras.initializers import Constant
from tensorflow.keras.models import Model

EMBEDDING_DIM = 100
MAX_SEQUENCE_LENGTH = 50
num_words = len(word_index) + 1
embedding_matrix = np.zeros((num_words, EMBEDDING_DIM))
for word, i in word_index.items():
    embedding_matrix[i - 1] = 0

embedding_layer = Embedding(num_words,
                            EMBEDDING_DIM,
                            embeddings_initializer=Constant(embedding_matrix),
                            input_length=MAX_SEQUENCE_LENGTH,
                            trainable=False)
ids = Input(shape=(MAX_SEQUENCE_LENGTH,), dtype='int32')
x = LSTM(60, return_sequences=False)(embedding_layer(ids))
model = Model(ids, Dense(2, activation='softmax')(x))
