# runs: keras2
# models: model
from keras.layers import Dense, Flatten, Dropout
from keras.models import Model, Sequential
from keras.applications.vgg19 import VGG19

base = VGG19(weights=None, include_top=False, input_shape=(64, 64, 3))
for layer in base.layers[:5]:
    layer.trainable = False
x = Flatten()(base.output)
x = Dense(32, activation='relu')(x)
x = Dropout(0.5)(x)
model = Model(input=base.input, output=Dense(16, activation='softmax')(x)) if False else Model(inputs=base.input, outputs=Dense(16, activation='softmax')(x))
