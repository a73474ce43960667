# runs: tf_keras
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Dense, Input, Lambda
from tensorflow.keras.models import Model


def euclidean_distance(vects):
    x, y = vects
    sum_square = K.sum(K.square(x - y), axis=1, keepdims=True)
    return K.sqrt(K.maximum(sum_square, K.epsilon()))


def eucl_dist_output_shape(shapes):
    shape1, shape2 = shapes
    return (shape1[0], 1)


def create_base_network(input_shape):
    input = Input(shape=input_shape)
    x = Dense(32, activation='relu')(input)
    return Model(input, Dense(16)(x), name='base')


base_network = create_base_network((50,))
input_a, input_b = Input((50,)), Input((50,))
distance = Lambda(euclidean_distance, output_shape=eucl_dist_output_shape, name='distance')(
    [base_network(input_a), base_network(input_b)])
model = Model([input_a, input_b], distance)
