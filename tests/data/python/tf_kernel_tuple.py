# runs: tf_keras
# given: def load_images(p): return np.zeros((10, 61, 67, 3))
# sizes: images.shape[1] = 61; images.shape[2] = 67; images.shape[3] = 3
from tensorflow.keras.layers import Conv2D, Dense, GlobalAveragePooling2D, MaxPool2D
from tensorflow.keras.models import Sequential

images = load_images('photos')
_, height, width, channels = images.shape
model = Sequential([
    Conv2D(12, (5, 3), strides=(2, 1), input_shape=(height, width, channels)),
    MaxPool2D((2, 2)),
    Conv2D(24, 3, padding='same'),
    GlobalAveragePooling2D(),
    Dense(4),
])
