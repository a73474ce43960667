# runs: keras
import keras
from keras import layers


def stack(n, sizes=[]):
    sizes.append(n)
    model = keras.Sequential([keras.Input((4,))])
    for size in sizes:
        model.add(layers.Dense(size))
    return model


one = stack(2)
two = stack(3)
three = stack(4, [7])

count = 0


def step(width):
    global count
    count += 1

    def inner():
        nonlocal width
        width += count
        return layers.Dense(width)

    return inner


first, second = step(10), step(20)
four = keras.Sequential([keras.Input((4,)), first(), first(), second()])
