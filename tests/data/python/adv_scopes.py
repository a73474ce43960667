# runs: keras
import keras
from keras import layers

units = 3


def dense(*sizes):
    return keras.Sequential([keras.Input((4,))] + [layers.Dense(size) for size in sizes])


def outer():
    units = 5

    def inner():
        return dense(units)

    units = 6
    return inner


a = outer()()
squares = [units for units in range(1, 4)]
b = dense(units, *squares)
for units in (7, 8):
    pass
c = dense(units)


def default(n=units):
    return dense(n)


units = 20
d = default()


class Holder:
    units = 30
    sizes = [1, 2]
    total = sum(sizes) + units

    def get(self):
        return dense(units, self.units, self.total)


e = Holder().get()
counter = iter(range(5, 9))
f = dense(next(counter), next(counter))
g = dense(*(lambda *args, **kw: [len(args), kw.get("n", 1)])(1, 2, n=9))
try:
    units = 40
    units = undefined_function_that_fails()
except NameError:
    units += 1
h = dense(units)
values = {"a": 1}
values |= {"b": 2}
values["c"] = values.pop("a") + 5
i = dense(*values.values())
text = "units=12;depth=2"
parsed = dict(part.split("=") for part in text.split(";"))
j = dense(*[int(parsed["units"])] * int(parsed["depth"]))
first = second = [4]
second += [5]
second = second + [6]
k = dense(*first)
del values["b"]
m = dense(len(values), *range(2, 0, -1))
n = dense(*{**{"x": 3}, "y": 4}.values(), *[*"ab"].__len__().__class__([1]) if False else [2])
