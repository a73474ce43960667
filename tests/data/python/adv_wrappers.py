# runs: tf_keras
import tensorflow as tf
from tensorflow.keras import layers

s = layers.Input((7, 5))
a = tf.keras.Model(s, layers.TimeDistributed(layers.Dense(3, use_bias=False))(s))
b = tf.keras.Model(s, layers.Bidirectional(layers.LSTM(4, return_sequences=True), merge_mode='ave')(s))
c = tf.keras.Model(s, layers.Bidirectional(layers.GRU(4, reset_after=False))(s))
d = tf.keras.Model(s, layers.RNN(layers.GRUCell(6, reset_after=False), return_sequences=True)(s))
e = tf.keras.Model(s, layers.SeparableConv1D(6, 3, depth_multiplier=2)(s))
f = tf.keras.Model(s, layers.LocallyConnected1D(3, 2)(s))
g = tf.keras.Model(s, layers.MultiHeadAttention(2, 3, value_dim=4, output_shape=6)(s, s))
h = tf.keras.Model(s, layers.Attention(use_scale=True)([s, s]))
i = tf.keras.Model(s, layers.LayerNormalization(axis=[1, 2])(s))
j = tf.keras.Model(s, layers.BatchNormalization(axis=1, center=False)(s))
k = tf.keras.Model(s, layers.Conv1DTranspose(4, 3, strides=2)(s))
l = tf.keras.Model(s, layers.EinsumDense('abc,cd->abd', output_shape=(None, 9), bias_axes='d')(s))
t = layers.Input((6, 6, 6, 2))
m = tf.keras.Model(t, layers.Conv3D(4, (1, 2, 3), groups=2)(t))
n = tf.keras.Model(t, layers.ConvLSTM2D(3, 2, data_format='channels_first')(t))
o = tf.keras.Model(t, layers.TimeDistributed(layers.DepthwiseConv2D(3, depth_multiplier=3))(t))
p = tf.keras.Model(s, layers.PReLU()(layers.Dense(5)(s)))
q = tf.keras.Model(s, layers.Embedding(20, 3)(layers.Lambda(lambda v: v[:, 0])(s)))
