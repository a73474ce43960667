# runs: keras
import keras
from keras import layers

num_tags, num_words, num_departments = 12, 10000, 4
title = keras.Input(shape=(None,), name="title")
body = keras.Input(shape=(None,), name="body")
tags = keras.Input(shape=(num_tags,), name="tags")
title_features = layers.LSTM(128)(layers.Embedding(num_words, 64)(title))
body_features = layers.LSTM(32)(layers.Embedding(num_words, 64)(body))
x = layers.concatenate([title_features, body_features, tags])
priority = layers.Dense(1, name="priority")(x)
department = layers.Dense(num_departments, name="department")(x)
model = keras.Model(inputs={"title": title, "body": body, "tags": tags}, outputs={"priority": priority, "department": department})
