# runs: tf_keras
# given: def tokenize(path): return [[1] * 13, [2] * 29], dict.fromkeys(range(101))
# sizes: max_length = 29; len(word_index) = 101
from tensorflow.keras.layers import Dense, Embedding, Flatten
from tensorflow.keras.models import Sequential

sequences, word_index = tokenize('reviews.txt')
max_length = max([len(s) for s in sequences])
vocab_size = len(word_index) + 1
model = Sequential()
model.add(Embedding(vocab_size, 8, input_length=max_length))
model.add(Flatten())
model.add(Dense(1, activation='sigmoid'))
