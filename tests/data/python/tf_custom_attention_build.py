# runs: tf_keras
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Bidirectional, Dense, Input, LSTM, Layer
from tensorflow.keras.models import Model


class attention(Layer):
    def __init__(self, return_sequences=True):
        self.return_sequences = return_sequences
        super(attention, self).__init__()

    def build(self, input_shape):
        self.W = self.add_weight(name="att_weight", shape=(input_shape[-1], 1), initializer="normal")
        self.b = self.add_weight(name="att_bias", shape=(input_shape[1], 1), initializer="zeros")
        super(attention, self).build(input_shape)

    def call(self, x):
        e = K.tanh(K.dot(x, self.W) + self.b)
        a = K.softmax(e, axis=1)
        output = x * a
        if self.return_sequences:
            return output
        return K.sum(output, axis=1)


inputs = Input((60, 10))
x = Bidirectional(LSTM(24, return_sequences=True))(inputs)
x = attention(return_sequences=True)(x)
x = LSTM(16)(x)
model = Model(inputs, Dense(2)(x))
