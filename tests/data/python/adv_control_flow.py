# runs: keras
import keras
from keras import layers


def early(x, deep):
    if not deep:
        return layers.Dense(2)(x)
    for k in range(5):
        if k == 2:
            return layers.Dense(k + 3)(x)
        x = layers.Dense(k + 10)(x)
    return x


def guarded(n):
    try:
        if n < 0:
            raise ValueError(n)
        return layers.Dense(n)
    except (TypeError, ValueError) as error:
        return layers.Dense(-error.args[0])
    finally:
        guarded.calls = getattr(guarded, "calls", 0) + 1


def collatz(n):
    while True:
        yield n
        if n == 1:
            break
        n = n // 2 if n % 2 == 0 else 3 * n + 1


x = keras.Input((3,))
a = keras.Model(x, early(x, True))
b = keras.Model(x, early(x, False))
c = keras.Sequential([x, guarded(4), guarded(-6)])
d = keras.Sequential([keras.Input((3,))])
for outer in range(3):
    for inner in range(3):
        if inner == outer:
            break
        d.add(layers.Dense(outer + inner + 1))
    else:
        d.add(layers.Dense(50))
        continue
    d.add(layers.Dense(60 + outer))
