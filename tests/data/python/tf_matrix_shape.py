# runs: tf_keras
import numpy as np
from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Dense, Embedding, Flatten

matrix = np.zeros((321, 50))
i = Input((20,))
e = Embedding(matrix.shape[0], matrix.shape[1], embeddings_initializer='zeros')(i)
o = Dense(matrix.shape[1] // 2)(Flatten()(e))
model = Model(i, o)
