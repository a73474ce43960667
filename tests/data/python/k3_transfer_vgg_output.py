# runs: keras
# models: model
from keras.applications.vgg16 import VGG16
from keras.layers import Dense, Flatten
from keras.models import Model

vgg = VGG16(input_shape=[64, 64, 3], weights=None, include_top=False)
for layer in vgg.layers:
    layer.trainable = False
x = Flatten()(vgg.output)
prediction = Dense(4, activation="softmax")(x)
model = Model(inputs=vgg.input, outputs=prediction)
model.summary()
