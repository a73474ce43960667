# runs: tf_keras
# models: model
import tensorflow as tf
from tensorflow.keras import layers


class BahdanauAttention(layers.Layer):
    def __init__(self, units):
        super(BahdanauAttention, self).__init__()
        self.W1 = layers.Dense(units)
        self.W2 = layers.Dense(units)
        self.V = layers.Dense(1)

    def call(self, features, hidden):
        hidden_with_time_axis = tf.expand_dims(hidden, 1)
        score = tf.nn.tanh(self.W1(features) + self.W2(hidden_with_time_axis))
        attention_weights = tf.nn.softmax(self.V(score), axis=1)
        context_vector = attention_weights * features
        context_vector = tf.reduce_sum(context_vector, axis=1)
        return context_vector, attention_weights


sequence_input = layers.Input(shape=(90,), dtype='int32')
embedded = layers.Embedding(2000, 32)(sequence_input)
lstm, forward_h, forward_c, backward_h, backward_c = layers.Bidirectional(
    layers.LSTM(20, return_sequences=True, return_state=True), name='bi')(embedded)
state_h = layers.Concatenate()([forward_h, backward_h])
context, weights = BahdanauAttention(10)(lstm, state_h)
output = layers.Dense(1, activation='sigmoid')(context)
model = tf.keras.Model(inputs=sequence_input, outputs=output)
