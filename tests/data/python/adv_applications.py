# runs: tf_keras
# given: n_classes = 23
# sizes: n_classes = 23
# models: a; b; c; d; f; g
import tensorflow as tf
from tensorflow.keras import applications, layers, models
from tensorflow.keras.applications import MobileNet, MobileNetV2, VGG16, ResNet50
from tensorflow.keras.applications.densenet import DenseNet121

vgg = VGG16(weights=None, include_top=False, input_tensor=layers.Input((96, 96, 3)))
for layer in vgg.layers[:-4]:
    layer.trainable = False
a = models.Model(vgg.input, layers.Dense(3)(layers.GlobalAveragePooling2D()(vgg.get_layer('block4_pool').output)))
a.layers[1].trainable = True
b = models.Sequential([VGG16(weights=None, include_top=False, input_shape=(64, 64, 3), pooling='max'), layers.Dense(2)])
b.layers[0].trainable = False
c = models.Model(vgg.inputs, vgg.layers[-2].output)

mobile = MobileNetV2(input_shape=(96, 96, 3), include_top=False, weights=None, pooling='avg')
mobile.trainable = True
for layer in mobile.layers:
    if isinstance(layer, layers.BatchNormalization):
        layer.trainable = False
d = models.Sequential([mobile, layers.Dropout(0.2), layers.Dense(1)])
e = MobileNet(weights=None, classes=17, alpha=0.5, input_shape=(128, 128, 3))
e.compile("adam", "mse")
e.fit(None)
dense = DenseNet121(include_top=False, weights=None, input_shape=(64, 64, 3))
dense.trainable = True
fine_tune_at = 100
for layer in dense.layers[:fine_tune_at]:
    layer.trainable = False
f = models.Sequential()
f.add(dense)
f.add(layers.Flatten())
f.add(layers.Dense(4))
resnet = ResNet50(weights=None, include_top=False, input_shape=(64, 64, 3))
x = layers.Input((64, 64, 3))
y = resnet(x, training=False)
resnet.layers[-1].trainable = False
g = tf.keras.Model(x, layers.Dense(5)(layers.Flatten()(y)))
h = applications.InceptionV3(weights=None, include_top=True, classes=11)
h.summary()
counted = MobileNet(weights=None, classes=n_classes)
counted.summary()
