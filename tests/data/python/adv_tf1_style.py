# runs: tf_keras
# models: model
import tensorflow as tf

keras = tf.keras
L = keras.layers


def conv_bn(filters, size, name, **kw):
    def apply(x):
        x = L.Conv2D(filters, size, padding='same', use_bias=False, name=name + '_conv', **kw)(x)
        return L.BatchNormalization(name=name + '_bn', scale=False)(x)
    return apply


with tf.name_scope('model'):
    image = L.Input(shape=[32, 32, 3], batch_size=4, name='image')
    x = image
    for block, (filters, stride) in enumerate([(8, 1), (16, 2)], start=1):
        y = conv_bn(filters, 3, f'b{block}', strides=stride)(x)
        y = L.PReLU(shared_axes=[1, 2], name='b%d_prelu' % block)(y)
        if x.shape[-1] == y.shape[-1]:
            x = L.add([x, y])
        else:
            x = L.add([conv_bn(filters, 1, f's{block}', strides=stride)(x), y])
    x = L.Lambda(lambda t: tf.reduce_mean(t, axis=[1, 2]), name='mean')(x)
    model = keras.models.Model(inputs=[image], outputs=[L.Dense(10, name='logits')(x)])
