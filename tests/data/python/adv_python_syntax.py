# runs: keras
import keras
from keras import layers

base = {"units": 5, "activation": "relu"}
merged = {**base, "units": 6} | {"use_bias": False}
x = keras.Input((8,))
if (n := 3 * 4) > 10:
    n -= 1
match merged:
    case {"units": 5}:
        extra = 100
    case {"units": u} if u < 6:
        extra = 200
    case {"units": u, **rest}:
        extra = u + len(rest)
first, *middle, last = range(2, 9, 2)
h = layers.Dense(**merged)(x)
h = layers.Dense(extra)(h)
h = layers.Dense(n)(h)
for a, (b, c) in zip("ab", ((1, 2), (3, 4))):
    h = layers.Dense(b * 2 + c**2, name=f"{a}_{b:02d}_{c!r}")(h)
h = layers.Dense(sum(middle) + first + last)(h)
h = layers.Dense(1 << 3 | 1)(h)
h = layers.Dense(-7 // 2 + 10, name="%s_%d" % ("floor", 3))(h)
h = layers.Dense(7 % -3 + 8)(h)
h = layers.Dense(int("12") + int(3.99) + round(2.5) + round(3.5))(h)
h = layers.Dense([1, 2, 3, 4, 5][-2::-2][0])(h)
h = layers.Dense(len("a-b-c".split("-")) + "banana".count("an") + ord("a") - 90)(h)
h = layers.Dense(max([3, 9, 4], key=lambda v: -v) + min(4, 5) + abs(-3) + pow(2, 3))(h)
h = layers.Dense(sorted({"a": 3, "bb": 1}.items(), key=lambda kv: kv[1])[0][1] + 4)(h)
h = layers.Dense(3 if 1 < 2 < 3 else 4)(h)
h = layers.Dense(0 or 6)(h)
h = layers.Dense(any(v > 2 for v in (1, 2, 3)) + all([]) + 3)(h)
h = layers.Dense(divmod(17, 5)[0] + bool([]) + True)(h)
h = layers.Dense(int(10 / 4) + int(2 ** 0.5 * 10))(h)
model = keras.Model(x, h)
