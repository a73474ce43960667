# runs: keras
import keras
from keras import layers


def block(x, filters, stride=1, projection=False):
    shortcut = x
    if projection or stride != 1:
        shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False)(shortcut)
        shortcut = layers.BatchNormalization()(shortcut)
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.ReLU()(layers.Add()([x, shortcut]))


inputs = keras.Input((32, 32, 3))
x = layers.Conv2D(16, 3, padding="same")(inputs)
for stage, width in enumerate((16, 32, 64)):
    for n in range(2):
        x = block(x, width, stride=2 if stage and not n else 1)
x = layers.GlobalAveragePooling2D()(x)
resnet = keras.Model(inputs, layers.Dense(100)(x), name="small_resnet")
