# runs: tf_keras
# models: model
from tensorflow.keras import Model, layers
from tensorflow.keras.applications.inception_v3 import InceptionV3

pre_trained = InceptionV3(input_shape=(150, 150, 3), include_top=False, weights=None)
for layer in pre_trained.layers:
    layer.trainable = False
last_layer = pre_trained.get_layer('mixed7')
x = layers.Flatten()(last_layer.output)
x = layers.Dense(64, activation='relu')(x)
x = layers.Dropout(0.2)(x)
x = layers.Dense(1, activation='sigmoid')(x)
model = Model(pre_trained.input, x)
