# runs: keras
# models: a; b
import keras
from keras import applications, layers

effnet = applications.EfficientNetB0(include_top=False, weights=None, input_shape=(64, 64, 3))
for layer in effnet.layers[-20:]:
    if not isinstance(layer, layers.BatchNormalization):
        layer.trainable = False
inputs = layers.Input((64, 64, 3))
x = layers.RandomFlip("horizontal")(inputs)
x = effnet(x)
a = keras.Model(inputs, layers.Dense(7)(layers.GlobalAveragePooling2D()(x)))
b = keras.Model(effnet.input, layers.Dense(2)(layers.GlobalMaxPooling2D()(effnet.output)))
c = keras.applications.Xception(weights=None, classes=4, input_shape=(96, 96, 3))
