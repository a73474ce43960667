# runs: keras
import keras
from keras import layers


class Options:
    units = 3
    shared = []

    def __init__(self, **kwargs):
        self.depth = 1
        for key, value in kwargs.items():
            setattr(self, key, value)
        self.shared.append(self.units)

    def __getitem__(self, key):
        return getattr(self, key) * 2

    def __len__(self):
        return self.depth + 3

    def __call__(self, x):
        return layers.Dense(self.units)(x)

    @property
    def twice(self):
        return self.units * 2

    @twice.setter
    def twice(self, value):
        self.units = value // 2

    def __enter__(self):
        self.units += 1
        return self

    def __exit__(self, *error):
        self.units -= 1

    def __iter__(self):
        return iter([self.units, self.depth])

    def __contains__(self, key):
        return key == "units"

    def __eq__(self, other):
        return self.units == other.units


def dense(*sizes):
    return keras.Sequential([keras.Input((4,))] + [layers.Dense(size) for size in sizes])


one, two = Options(units=5), Options(depth=2)
a = dense(one.units, two.units, one["depth"], len(two))
b = dense(*Options.shared)
one.twice = 14
c = dense(one.units, one.twice)
Options.units = 9
d = dense(one.units, two.units)
x = keras.Input((2,))
e = keras.Model(x, two(one(x)))
one.__dict__.update(units=11)
f = dense(one.units)
g = dense(*two)
h = dense(4 if "units" in one else 5, 6 if one == two else 7)


class Base:
    kind = "base"

    def size(self):
        return 2

    def build(self):
        return dense(self.size(), self.extra())

    def extra(self):
        return 1


class Left(Base):
    def size(self):
        return super().size() + 10


class Right(Base):
    def size(self):
        return super().size() * 100

    def extra(self):
        return super(Right, self).extra() + 5


class Both(Left, Right):
    pass


i = Both().build()
j = type("Made", (Left,), {"extra": lambda self: 8})().build()
k = dense(*(cls().size() for cls in (Left, Right)))
with Options(units=20) as options:
    m = dense(options.units)
n = dense(options.units)
