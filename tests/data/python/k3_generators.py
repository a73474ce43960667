# runs: keras
# models: model; other
import keras
from keras import layers


def sizes(first, *, times):
    for k in range(times):
        if k == 3:
            return
        yield first * 2**k


def stack(inner):
    yield keras.Input((9,))
    yield from inner
    yield layers.Dense(1)


def batches(x):
    while True:
        yield x[:32]


model = keras.Sequential(list(stack(layers.Dense(n) for n in sizes(4, times=5))))
x = keras.Input((5,))
y = x
for index, n in enumerate(sizes(3, times=2)):
    y = layers.Dense(n, name=f"dense_{index}_{n}")(y)
other = keras.Model(x, y)
other.fit(batches(None))
