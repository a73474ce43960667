# runs: keras
import keras
from keras import layers


def start(name):
    return keras.Sequential([keras.Input((3,))], name=name)


a = start("a")
try:
    a.add(layers.Dense(3))
    int("x")
    a.add(layers.Dense(4))
except ValueError:
    a.add(layers.Dense(5))
b = start("b")
try:
    b.add(layers.Dense({"n": 2}["m"]))
except KeyError:
    b.add(layers.Dense(6))
else:
    b.add(layers.Dense(7))
finally:
    b.add(layers.Dense(8))
c = start("c")
for n in (4, 0, 2):
    try:
        c.add(layers.Dense(8 // n))
    except ZeroDivisionError:
        continue
d = start("d")
try:
    [1, 2][5]
    d.add(layers.Dense(9))
except (IndexError, TypeError) as error:
    d.add(layers.Dense(len(type(error).__name__)))
e = start("e")


def risky(n):
    e.add(layers.Dense(n))
    if n > 2:
        raise RuntimeError("large")
    e.add(layers.Dense(n + 10))


for n in (1, 5):
    try:
        risky(n)
    except RuntimeError:
        pass
f = start("f")
try:
    f.add(layers.Dense(None or undefined_name))
except NameError:
    f.add(layers.Dense(11))
i = start("i")
try:
    assert 1 > 2, "never"
    i.add(layers.Dense(16))
except AssertionError:
    i.add(layers.Dense(17))
j = start("j")
numbers = iter([1, 2])
for n in numbers:
    j.add(layers.Dense(n))
for n in numbers:
    j.add(layers.Dense(50))
n = start("n")
try:
    n.add(layers.Dense("3" + 4))
except TypeError:
    n.add(layers.Dense(18))
