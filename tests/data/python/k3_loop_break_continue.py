# runs: keras
import keras

model = keras.Sequential([keras.Input((64, 64, 1))])
for n in range(10):
    if n % 2:
        continue
    if n > 6:
        break
    model.add(keras.layers.Conv2D(n + 1, 3, padding="same"))
else:
    model.add(keras.layers.Dense(1000))
model.add(keras.layers.Flatten())
