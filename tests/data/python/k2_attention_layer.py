# runs: keras2
from keras import backend as K
from keras import initializers
from keras.engine.topology import Layer
from keras.layers import Bidirectional, Dense, Embedding, Input, LSTM
from keras.models import Model


class AttLayer(Layer):
    def __init__(self, attention_dim):
        self.init = initializers.get('normal')
        self.supports_masking = True
        self.attention_dim = attention_dim
        super(AttLayer, self).__init__()

    def build(self, input_shape):
        assert len(input_shape) == 3
        self.W = self.add_weight(name='W', shape=(int(input_shape[-1]), self.attention_dim), initializer=self.init)
        self.b = self.add_weight(name='b', shape=(self.attention_dim,), initializer=self.init)
        self.u = self.add_weight(name='u', shape=(self.attention_dim, 1), initializer=self.init)
        super(AttLayer, self).build(input_shape)

    def compute_mask(self, inputs, mask=None):
        return mask

    def call(self, x, mask=None):
        uit = K.tanh(K.bias_add(K.dot(x, self.W), self.b))
        ait = K.exp(K.squeeze(K.dot(uit, self.u), -1))
        if mask is not None:
            ait *= K.cast(mask, K.floatx())
        ait /= K.cast(K.sum(ait, axis=1, keepdims=True) + K.epsilon(), K.floatx())
        return K.sum(x * K.expand_dims(ait), axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])


words = Input(shape=(20,), dtype='int32')
x = Bidirectional(LSTM(25, return_sequences=True))(Embedding(700, 50)(words))
model = Model(words, Dense(4, activation='softmax')(AttLayer(30)(x)))
