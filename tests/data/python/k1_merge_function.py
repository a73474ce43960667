# runs: keras1
from keras.layers import Input, Dense, merge, Dropout
from keras.models import Model

a = Input(shape=(30,), name='a')
b = Input(shape=(30,), name='b')
left = Dense(16, activation='tanh')(a)
right = Dense(16, activation='tanh')(b)
total = merge([left, right], mode='sum')
joined = merge([total, left, b], mode='concat', concat_axis=1)
product = merge([left, right], mode='mul')
score = merge([joined, product], mode='concat')
model = Model(input=[a, b], output=Dense(1, activation='sigmoid')(Dropout(0.5)(score)))
