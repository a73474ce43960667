# runs: tf_keras
# given: texts = ["one two three", "two three four five"]
# sizes: len(tokenizer.word_index) = 5
from tensorflow.keras.layers import Dense, Embedding, LSTM
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer

MAX_LEN = 12
tokenizer = Tokenizer()
tokenizer.fit_on_texts(texts)
sequences = tokenizer.texts_to_sequences(texts)
padded = pad_sequences(sequences, maxlen=MAX_LEN, padding='post')
total_words = len(tokenizer.word_index) + 1

model = Sequential()
model.add(Embedding(total_words, 10, input_length=padded.shape[1]))
model.add(LSTM(20))
model.add(Dense(total_words, activation='softmax'))
