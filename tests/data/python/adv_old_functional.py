# runs: keras2
# models: model
from keras import backend as K
from keras.layers import Dense, Flatten, Input, LSTM, Lambda, Permute, RepeatVector, dot, multiply
from keras.models import Model

SINGLE = True


def attention(x, steps):
    input_dim = int(x.shape[2])
    a = Permute((2, 1))(x)
    a = Dense(steps, activation='softmax')(a)
    if SINGLE:
        a = Lambda(lambda t: K.mean(t, axis=1), name='dim_reduction')(a)
        a = RepeatVector(input_dim)(a)
    probabilities = Permute((2, 1), name='attention_vec')(a)
    return multiply([x, probabilities])


inputs = Input(shape=(20, 3))
h = LSTM(32, return_sequences=True)(inputs)
h = attention(h, 20)
scores = dot([h, h], axes=[2, 2])
context = dot([scores, h], axes=[2, 1])
last = Lambda(lambda t: t[:, -1, :], output_shape=(32,), name='last')(context)
model = Model(inputs=[inputs], outputs=Dense(1, activation='sigmoid')(last))
