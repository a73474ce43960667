# runs: keras1
# models: model; story; question
from keras.models import Sequential
from keras.layers import Dense, Embedding, LSTM, Merge, Flatten

vocab_size, story_maxlen, query_maxlen = 22, 68, 4

story = Sequential()
story.add(Embedding(input_dim=vocab_size, output_dim=64, input_length=story_maxlen))
story.add(LSTM(32))
question = Sequential()
question.add(Embedding(vocab_size, 64, input_length=query_maxlen))
question.add(LSTM(32))
model = Sequential()
model.add(Merge([story, question], mode='concat'))
model.add(Dense(vocab_size, activation='softmax'))
