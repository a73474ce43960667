"""Values of interpreted programs against those of Python itself, and what is not known."""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import pytest

from lstmlint.python import interpret
from lstmlint.python.expressions import Range
from lstmlint.python.machine import Builtin, Machine
from lstmlint.python.running import follow
from lstmlint.python.source import read_source
from lstmlint.python.values import Array, Class, Dict, Function, Instance, List, Module, Opaque, Set

# Python runs these, and every variable must have the same value.
KNOWN = {
    "changes in place": """
a = b = [1, 2]
a *= 2
c = d = {1, 2, 3}
c |= {4}
c -= {1}
c &= {2, 4}
c ^= {4, 5}
e = f = {"a": 1}
e |= {"b": 2}
g = [[0]] * 2
g[0] *= 3
h = {1, 2, 3}
h.update([4], [5])
h.difference_update({1})
h.intersection_update({2, 3, 4})
h.symmetric_difference_update({2, 9})
i = {1}.union({2}, {3}), {1, 2, 3}.difference({1}, {2})
j = {"a": 1, "b": 2}
k, l = j.popitem()
m = [1, 2, 3, 4]
for n in m:
    if n % 2:
        m.remove(n)
o = [1, 2, 3]
p = []
for n in o:
    if len(o) < 6:
        o.append(n * 2)
    p.append(n)
q = a is b, [1] is [2]
class T:
    n = 0
    def __iadd__(self, other):
        self.n += other
        return self
t = T()
t.u = t.w = t.z = 1
delattr(t, "u")
del t.w
r = hasattr(t, "u"), hasattr(t, "w"), hasattr(t, "z")
s = isinstance(zip([1]), list)
v = t
v += 5
w = t.n
""",
    "exceptions": """
try:
    a = 1 / 0
except ValueError:
    a = 3
except (KeyError, ArithmeticError):
    a = 4
try:
    try:
        b = int("x")
    except KeyError:
        b = 1
except Exception:
    b = 2
def f(n):
    if n:
        raise IndexError("no item")
    raise SystemExit
try:
    c = f(1)
except KeyError:
    c = 1
except IndexError:
    c = 2
try:
    d = f(0)
except Exception:
    d = 1
except BaseException:
    d = 2
def changed(cls):
    cls.size = 9
    return cls
@changed
class A:
    size = 1
e = A.size
""",
    "numbers": """
a = 7 // 2 + 7 % 4 - 2 ** 3 * (5 & 4) + (1 | 2) + (1 << 2) + (3 ^ 1) + (9 >> 1) + ~4
b = 7 / 2 - -3.5 + +2
c = (1 < 2 <= 2) and not 3 > 4
d = 0 or "" or None or [] or "last"
e = 1 if c else 2
f = (1, 2) + (3,) * 2
g = [0] * 3 + [1]
h = max(3, 1, 2) + min([4, 2]) + sum([1, 2], 10) + abs(-3) + round(2.6) + int("7") + int(3.9) + pow(2, 3)
i = round(3.14159, 2), float("1.5"), divmod(9, 4), bool([]), bool([0]), str(12), str(None), int(), float(2)
j = 10 == 10.0, 1 != 2, "a" < "b", (1, 2) < (1, 3), [1, 2] == [1, 2], [1] == [1, 2], (1,) == [1], {1: 2} == 5
k = 3 in [1, 2, 3], 4 not in (1, 2), "b" in "abc", "x" in {"x": 1}, 5 in {1: 2}, 2 in {1, 2}, None is None, a is None
l = None is not None, True is True, "a" == "a", 2 in range(3) if False else True
m = 1j * 2
n = any([0, 1]), all([1, 0]), any([]), all([]), any([None, 3])
o = 1_000 * 3 - -(-1)
p = len("abc") + len([1]) + len((1, 2)) + len({1: 2}) + len(range(5))
q = isinstance(3, int), isinstance("a", (int, str)), isinstance([], dict), isinstance(2.0, float), isinstance(True, int)
""",
    "strings": """
a = "abc".upper() + "-".join(["x", "y"]) + "%d-%s" % (3, "z") + "{}{b}".format(1, b=2) + "a,b".split(",")[1]
b = f"{3:03d} {1.5:.2f} {'q'!r} {(1, 2)} {None}"
c = "hello"[1:3], "hello"[-1], "hello"[::-1], "hello".replace("l", "L"), "x".startswith(("x", "y"))
d = "ab" * 2 + "c" "d"
e = " x ".strip(), "ab".find("b"), "a b".title(), "abc".endswith("c"), "12".isdigit(), "a.b.c".rsplit(".", 1)
f = b"ab" + b"c"
g = "%s" % "one"
""",
    "containers": """
a = [1, 2, 3]
a.append(4)
a.extend((5, 6))
a.insert(0, 0)
b = a.pop() + a.pop(0)
a.remove(3)
a.reverse()
c = a.copy()
c.sort()
c += [9]
d = sorted([3, 1, 2], reverse=True), sorted(["b", "a"]), list(reversed([1, 2]))
e = {"x": 1, "y": 2, **{"z": 3}}
e["w"] = 4
e.update({"v": 5}, u=6)
f = e.get("x"), e.get("q"), e.get("q", 7), e.pop("y"), e.pop("none", 8), e.setdefault("t", 9)
g = list(e.keys()), list(e.values()), list(e.items())
h = {1, 2} | {3}, {1, 2} & {2}, {1, 2} - {2}, {1, 2} ^ {2, 3}, {1}.union({2}), {1, 2}.intersection({1})
i = [x * 2 for x in range(5) if x % 2], {x: x * x for x in (1, 2)}, {x % 2 for x in range(4)}, list(x for x in "ab")
j = [(x, y) for x in range(2) for y in range(x + 1)]
k = list(enumerate("ab", 1)), list(zip([1, 2], (3, 4))), list(map(lambda v: v + 1, [1, 2])), list(filter(None, [0, 1]))
l = tuple([1, 2]), list((1, 2)), dict([("a", 1)], b=2), dict({"c": 3}), set([1, 1]), frozenset((2,))
first, *middle, last = (1, 2, 3, 4)
(m, n), o = (1, 2), 3
p = [*a, *(1, 2)], (*a, 7)
q = [[1, 2], [3]][0][1], (1, 2, 3)[-2:], [1, 2, 3, 4][::2]
a[0] = 50
r = a.index(50), a.count(50), (1, 2).index(2)
del e["x"]
s = {1: 1} | {2: 2}
e["w"] += 1
t = [1, 2, 3]
del t[0]
t *= 2
u = {3}
u.add(4)
u.update([5])
u.discard(3)
v = list(filter(lambda x: x > 1, [1, 2, 3]))
w = "k" in e, e == {"a": 1}
x = {**e}
x.clear()
y = [1]
y.clear()
z = max([1, 2], default=0) if False else 2
""",
    "control": """
a = []
for i in range(10):
    if i == 2:
        continue
    if i == 5:
        break
    a.append(i)
else:
    a.append("never")
for i in []:
    pass
else:
    a.append("else")
n = 0
while n < 3:
    n += 1
else:
    a.append("done")
while True:
    n += 1
    if n > 6:
        break
try:
    b = int("x")
except ValueError as error:
    b = -1
finally:
    c = 1
try:
    d = {}["missing"]
except KeyError:
    d = "caught"
try:
    e = 1
except ValueError:
    e = 2
else:
    f = 3
try:
    import json_that_does_not_exist_here if False else json
except (ImportError, SyntaxError):
    pass
""".replace("    import json_that_does_not_exist_here if False else json\n", "    import json\n")
    + """
match n:
    case 1 | 2:
        g = "low"
    case 7:
        g = "seven"
    case _:
        g = "other"
match "text":
    case "other":
        h = 1
    case name:
        h = name
if (k := 3) > 2:
    o = k
x = y = 4
x: int = 5
z: str
assert x == 5
def outer(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, kw
p = outer(1, c=3), outer(1, 5, 6, 7, c=8, e=9), outer(*[1, 2], **{"c": 3})
def early(v):
    if v:
        return "yes"
    return "no"
def nothing():
    pass
q = early(1), early(0), nothing()
def counter():
    count = 0
    def up(by=1):
        nonlocal count
        count += by
        return count
    up()
    return up(3)
r = counter()
total = 0
def add(v):
    global total
    total += v
add(2)
add(3)
s = (lambda u, w=2: u + w)(1)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
t = fib(8)
def gen(n):
    for i in range(n):
        yield i
    yield from [8, 9]
u = list(gen(2))
def caught():
    try:
        return {}["x"]
    except KeyError:
        return "handled"
v = caught()
del a[0], x
""",
    "classes": """
class Base:
    width = 5
    names = ["a"]
    def __init__(self, scale=1):
        self.scale = scale
    @property
    def size(self):
        return self.width * self.scale
    @staticmethod
    def double(x):
        return 2 * x
    @classmethod
    def make(cls, scale=2):
        return cls(scale)
    def __call__(self, x):
        return x + self.scale
    def __getitem__(self, i):
        return i * self.scale
    def grow(self):
        self.scale += 1
        return self
class Child(Base):
    width = 6
    def __init__(self):
        super().__init__(3)
    def grow(self):
        super(Child, self).grow()
        return super().grow()
base, child = Base.make(), Child()
a = base.size, child.size, Base.double(4), base(10), base[3], child.grow().scale, Child.width
b = hasattr(base, "scale"), hasattr(base, "none"), getattr(base, "scale"), getattr(base, "none", 7)
setattr(base, "extra", 8)
Base.width = 9
c = base.extra, base.size, isinstance(child, Base), isinstance(base, Child), type(base) is Base, Child.__name__
d = fun = None
e = child.__class__ is Child
from dataclasses import dataclass
@dataclass
class Point:
    x: int
    y: int = 2
f = Point(1).x + Point(1, y=5).y
if not base:
    d = 1
""",
    "library": """
import math, itertools, functools, collections, copy, os, types
import os.path as osp
from functools import partial, reduce
a = math.ceil(2.1), math.floor(2.9), math.sqrt(16), math.log2(8), math.pi, math.gcd(12, 8), int(math.pow(2, 3))
b = reduce(lambda x, y: x + y, [1, 2, 3], 10), partial(max, 5)(3)
c = list(itertools.product([1, 2], [3])), list(itertools.chain([1], [2]))
P = collections.namedtuple("P", "x y")
point = P(1, y=2)
d = point.x, point.y
x, y = point
e = collections.OrderedDict([("a", 1)])
lists = collections.defaultdict(list)
lists["k"].append(3)
f = lists["k"], os.path.join("a", "b"), copy.deepcopy([1, 2]), copy.copy({"a": 1})
space = types.SimpleNamespace(n=4)
g = space.n
""",
}


def same(ours: Any, real: Any) -> bool:
    if isinstance(ours, Set):
        return isinstance(real, set | frozenset) and set(ours) == set(real)
    if isinstance(ours, List):
        return bool(not ours.taint and isinstance(real, list) and len(ours) == len(real) and all(map(same, ours, real)))
    if isinstance(ours, tuple):
        return isinstance(real, tuple) and len(ours) == len(real) and all(map(same, ours, real))
    if isinstance(ours, Dict):
        return not ours.taint and list(ours) == list(real) and all(same(ours[key], real[key]) for key in real)
    if isinstance(ours, Range):
        return bool(ours.numbers == real)
    if isinstance(ours, Array):
        return bool(ours.shape == np.shape(real))
    if isinstance(ours, Function | Class | Instance | Module | Builtin):
        return (
            callable(real)
            or isinstance(real, types.ModuleType | types.SimpleNamespace | tuple)
            or hasattr(real, "__dict__")
        )
    return type(ours) is type(real) and bool(ours == real)


def machine_of(text: str, **values: Any) -> Machine:
    return follow(read_source(text.encode(), "t.py"), values, lambda _document: None)[0]


@pytest.mark.parametrize("name", KNOWN)
def test_values_are_those_of_python(name: str) -> None:
    real: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(KNOWN[name], name, "exec"), real)
    ours = machine_of(KNOWN[name]).module.variables
    wrong = {
        key: (ours.get(key), value)
        for key, value in real.items()
        if not key.startswith("__") and not same(ours.get(key), value)
    }
    assert wrong == {}


ARRAYS = """
a = np.zeros((2, 3, 4))
b = a.reshape(6, 4), a.reshape((-1, 4)), np.reshape(a, (4, -1)), a[0], a[:, 1:], a[..., 0], a[:, None, 1], a[:1, ::2], a.T
c = np.ones((2, 3)) + np.zeros(3) * 2, np.ones((2, 3)) / 255., -np.ones(3), np.ones((2, 1)) * np.ones((1, 4))
d = np.array([[1, 2], [3, 4], [5, 6]]), np.array([1.5]), np.asarray((1, 2)), np.array([[1, 2], [3, 4]])[0], np.array(3)
e = np.concatenate([np.ones((2, 3)), np.ones((4, 3))]), np.concatenate([np.ones((2, 3)), np.ones((2, 1))], axis=1)
f = np.stack([np.ones(3)] * 2), np.vstack([np.ones((2, 3)), np.ones((1, 3))]), np.expand_dims(np.ones((2, 3)), -1)
g = np.transpose(a), np.transpose(a, (0, 2, 1)), a.transpose(2, 0, 1), a.flatten(), a.astype("int32"), a.ravel()
h = np.arange(5), np.arange(2, 8, 2), np.linspace(0, 1, 7), np.eye(3), np.zeros_like(a), np.random.rand(3, 2), np.random.randn(4)
i = np.random.normal(0, 1, (3, 4)), np.random.randint(0, 5, size=(2, 2)), np.random.random((5, 1)), np.full((2, 2), 7)
j = a.shape, a.ndim, a.size, len(a), a.shape[1:], np.shape(a)
k = int(np.prod((2, 3))), int(np.ceil(2.5)), float(np.sqrt(16.0)), int(np.maximum(2, 3)), max(a.shape)
n, t, w = a.shape
x = np.arange(4)[np.array([0, 1])]
"""


def test_shapes_of_arrays_are_those_of_numpy() -> None:
    real: dict[str, Any] = {"np": np}
    exec(ARRAYS, real)
    ours = machine_of("import numpy as np\n" + ARRAYS).module.variables
    wrong = {
        key: (ours.get(key), value)
        for key, value in real.items()
        if key[0] not in "_n" and not same(ours.get(key), value)
    }
    assert wrong == {}


# Expressions with unknown values -> the name of the result, or the shape of an array.
UNKNOWN = {
    "np.random.normal(0, 1, u)": "result", "np.array(np.zeros((2, 3)))": (2, 3), "np.array(range(4))": (4,), "np.array([])": (0,),
    "np.array([np.zeros(2), np.zeros(2)])": (2, 2), "np.zeros((2, 3)).reshape(u)": "result", "np.arange(u)": "result",
    "np.concatenate([np.zeros(2), np.zeros((2, 2))])": "result", "np.zeros((2, 3))[0:u]": ("len(np.zeros((2, 3))[0:u])", 3),
    "to_categorical(np.zeros((5, 2)), 3)": (5, 2, 3), "to_categorical(u)": "result", "pad_sequences([[1], [2]], maxlen=3)": (2, 3),
    "pad_sequences(np.zeros((4, 2)), 3)": (4, 3), "pad_sequences(u)": "result", "pad_sequences(u + u, 3)[0]": (3,),
    "'a'.upper(*u)": "result", "range(3)[u]": "result", "{1: 2}.copy()[1]": 2, "{1: 2}.popitem()": (1, 2), "mnist.other()": "result",
    "np.linspace(u, 1, 3)": (3,), "np.swapaxes(u, 0, 1)": "result", "sorted([[2], [1]])[0]": "result", "max([1, 2], key=u)": "result",
    "np.zeros(3)[u:]": ("len(np.zeros(3)[u:])",), "[v for v in u][u]": "v", "{**u}['x']": "result", "bool(np.zeros(3))": "result",
    "'a' in u": "result", "'a' in {**u}": "result", "(1, u) == (1, 2)": "result", "[1, 2] == [1, u]": "result", "{1: u} == {1: 2}": "result",
    "u == u": True, "u != u": False, "u is u": True, "'a' == 1": False, "[] == ()": False, "{1, u} == {1}": "result", "u ** 2 - u * u": 0,
    "[np.zeros(2)][0].shape": (2,), "list(np.zeros((2, 3)))": "result", "[row for row in np.zeros((2, 3))][0]": "result",
    "int(u * 2) - u * 2": 0, "reversed(u)": "result", "tuple(u)": "result", "round(1.5, u)": "result", "type(1)": "type",
    "u": "u", "u + 1 - u": 1, "(u + 1) * 2 - 2 * u": 2, "u * u - u ** 2": 0, "u // 1 - u": 0, "-u + u": 0,
    "u.attr[3]": "u.attr[3]", "u['k']": "u['k']", "u[1:][0]": "u[1]", "X.shape[1:][1]": "X.shape[2]",
    "X.shape[1:][-1]": "X.shape[-1]", "len(u)": "len(u)", "len(u) - len(u)": 0, "u // 2 - u // 2": 0, "u(1)": "result",
    "[u, 1][1]": 1, "{'a': u}['a']": "u", "u if u else u": "u", "u and u": "result", "not u": "result", "u < 3": "result",
    "[] is []": "result", "u is None": "result", "u in [1]": "result", "1 in [u, 1]": True, "f'{u}'": "result", "'%s' % u": "result", "int(u)": "result",
    "max(u, 1)": "result", "sum([u, u]) - 2 * u": 0, "sum(u)": "result", "range(u)": "result", "str(u)": "result", "float(u)": "result",
    "abs(u)": "result", "round(u)": "result", "sorted(u)": "result", "list(u)": "result", "dict(u)": "result", "zip(u)": "result",
    "map(len, u)": "result", "filter(None, u)": "result", "enumerate(u)": "result", "any(u)": "result", "any([u])": "result", "all([1, u])": "result",
    "bool(u)": "result", "isinstance(u, int)": "result", "getattr(u, 'x')": "u.x", "getattr(u, u)": "result", "hasattr(u, 'x')": "result",
    "type(u)": "result", "open('f')": "result", "eval('1')": "result", "next(u)": "result", "(1, 2)[u]": "(1, 2)[u]", "'ab'[u]": "result",
    "{1: 2, 3: 4}[u]": "{1: 2, 3: 4}[u]", "[1, 1][u]": 1, "np.zeros((u, 3))": ("u", 3), "np.zeros(u)": "result", "np.foo(u)": "result",
    "X.reshape(u, 4)": ("u", 4), "np.reshape(X, (2, -1))[0]": ("np.reshape(X, (2, -1)).shape[1]",), "np.zeros((2, 3))[u]": "result",
    "np.zeros((2, 3)).mean()": "result", "np.zeros((2, 3)) @ u": "result", "np.zeros((2, 3)).dtype": "result", "np.array([u, [1]])": "result",
    "np.concatenate([u, u])": "result", "np.random.choice(u)": "result", "10 ** 10 ** 5": "result", "'a' * 10 ** 9": "result",
    "1 << 10 ** 9": "result", "'%999999999d' % 3": "result", "{**u}.get('x')": "result", "[*u][0]": "result", "(*u,)": "result",
    "{u: 1}.get(2)": "result", "{u: 1}": {}, "[v for v in u][0]": "result", "[v for v in [1, 2] if u][0]": "result", "u @ u": "result",
    "f'{u:>{u}}'": "result", "'-'.join(u)": "result", "'{}'.format(u)": "result", "'a'.center(u)": "result", "[1].index(u)": "result", "[1].count(u)": "result",
    "(3).bit_length()": "result", "[1, 2][0:u]": [1, 2], "set([u, 1])": "set", "{u, 1} | {2}": "set", "chr(97)": "result", "to_categorical(u, 3)": "result",
    "pad_sequences(u, maxlen=7)": ("len(u)", 7), "train_test_split(np.zeros((9, 2)), np.zeros(9))[0].shape[1]": 2, "train_test_split(u)": "result",
    "len(train_test_split(np.zeros((9, 2))))": 2, "mnist.load_data()[0][0]": (60000, 28, 28), "np.max([1, 5])": 5, "np.min((2, 1))": 1,
    "super().x": "super().x", "math.sqrt(u)": "result", "copy.copy(u)": "result", "reduce(u, u)": "result", "itertools.chain(u)": "result",
    "os.environ.get('X')": "result", "partial()": "result", "namedtuple('P', u)": "result", "math.unknown": "module", "np.linspace(0, 1, u)": "result",
    "np.eye(u)": "result", "np.prod(u)": "result", "np.stack(u)": "result", "np.expand_dims(u, 0)": "result", "np.transpose(u)": "result", "np.round(u)": "result",
}  # fmt: skip
PREPARE = """
import numpy as np, math, copy, itertools, os
from functools import reduce, partial
from collections import namedtuple
from keras.utils import to_categorical
from keras.preprocessing.sequence import pad_sequences
from keras.datasets import mnist
from sklearn.model_selection import train_test_split
u = unknown_function
X = load()
result = """


@pytest.mark.parametrize("expression", UNKNOWN)
def test_unknown_values(expression: str) -> None:
    expected = UNKNOWN[expression]
    value = machine_of(
        PREPARE.replace("u = unknown_function\n", "") + expression,
    ).module.variables["result"]
    if expected == "set":
        assert isinstance(value, Set)
        assert value.taint
    elif expected == "type":
        assert isinstance(value, Builtin)
    elif expected == "module":
        assert isinstance(value, Module)
    elif isinstance(value, Array):
        assert tuple(dim.name if isinstance(dim, Opaque) else dim for dim in value.shape) == expected
    elif isinstance(value, Opaque):
        assert value.name == expected
    elif isinstance(value, Dict | List):
        assert value.taint
        assert value == expected
    else:
        assert value == expected
        assert type(value) is type(expected)


# Programs after which a variable has one of several values -> what x is. A list or dict with "?" is not certain.
JOINED = {
    "if u:\n    x = [1]\nelse:\n    x = [1]": [1],
    "x = [1]\nif u:\n    x.append(2)": [1, 2, "?"],
    "x = {}\nif u:\n    x['a'] = 1": {"a": 1, "?": "?"},
    "x = {'a': 1}\nif u:\n    x['a'] = 2": {"a": "a"},
    "x = {}\nif u:\n    x = {1: 2}": {1: 2, "?": "?"},
    "x = np.zeros((2, 3))\nif u:\n    x = np.zeros((4, 3))": ("x.shape[0]", 3),
    "x = (1, 2)\nif u:\n    x = (1, 3)": (1, "x[1]"),
    "x = 1\nif u:\n    x = 'a'": "x",
    "def f():\n    if u:\n        return 1\n    return 2\nx = f()": "f",
    "def f():\n    if u:\n        return 1\n    else:\n        return 1\nx = f()": 1,
    "def f():\n    if u:\n        raise E\n    return 2\nx = f()": 2,
    "def f():\n    if u:\n        raise E\n    else:\n        raise F\nx = 3\ntry:\n    f()\nexcept E:\n    x = 4": 4,
    "l = []\ndef f():\n    if u:\n        l.append(1)\n        return 1\n    return 1\nf()\nx = l": ["?"],
    "x = 0\nfor i in [1, 2]:\n    if u:\n        break\n    x = i": "x",
    "x = 0\nfor i in [1, 2]:\n    if u:\n        continue\n    x = i": "x",
    "x = 0\nwhile True:\n    x += 1\n    if u:\n        break": "x",
    "try:\n    x = load()\nexcept E:\n    x = 3": "x",
    "try:\n    x = load()\nexcept E:\n    raise": "x",
    "def f():\n    try:\n        return load()\n    except E:\n        return 3\nx = f()": "x",
    "try:\n    pass\nfinally:\n    x = 3": 3,
    "class A: pass\na = A()\na.n = 1\nif u:\n    a.n = 2\nx = a.n": "n",
    "x = 1\nfor i in u:\n    x = 2": "x",
    "x = [1]\nfor i in u:\n    x = [2]": [2, "?"],
    "x = {1: 1}\nfor i in u:\n    x[1] = 2": {1: "1", "?": "?"},
    "x = 1\nfor i in range(5000):\n    x = i": "x",
    "x = 1\nfor i in [v for v in u]:\n    x = 2": "x",
    "x = 1\nfor i in [v for v in [1, 2] if u]:\n    x = i": "x",
    "x = 1\nwhile u:\n    x += 1": "x",
    "match u:\n    case [a, b]:\n        x = 1\n    case {'k': v}:\n        x = 2\n    case _:\n        x = 3": "x",
    "match 3:\n    case n if n > u:\n        x = 1\n    case _:\n        x = 1": "x",
    "y, x = u": "u[1]",
    "y, x = X.shape": "X.shape[1]",
    "y, x = f(u)": "x",
    "(y, *x) = u": "u[1]",
    "x = [1, 2]\nx[u] = 3": [1, 2, "?"],
    "x = {1: 2}\nx[u] = 3": {1: 2, "?": "?"},
    "x = [1]\nx += u": [1, "?"],
    "x = [1]\nx.extend(u)": [1, "?"],
    "x = [3, 1]\nx.sort(key=u)": [3, 1, "?"],
    "x = [1]\nx.remove(u)": [1, "?"],
    "x = [1]\nx.pop(u)": [1, "?"],
    "x = {}\nx.update(u)": {"?": "?"},
    "x = {1: 2}\nx.pop(u)": {1: 2, "?": "?"},
    "x = dict([(u, 1)])": {"?": "?"},
    "x = sorted([u, 1])": ["u", 1, "?"],
    "x = list(filter(lambda v: u, [1]))": [1, "?"],
    "def f(a, b=2):\n    return b\nx = f(*u)": "b",
    "def f(**k):\n    return k\nx = f(**u)": {"?": "?"},
    "x = dict(**u)": "x",
    "def f(n):\n    for i in u:\n        yield i\nx = len(f(3))": "len(f(3))",
    "class A:\n    raise E\nx = A().y": "x",
    "x = np.zeros((u, 2)) + np.zeros((u, 2))": ("u", 2),
    "x = np.zeros((u, 2)) + np.zeros(3)": "x",
    "x = u[1:][u]": "x",
    "x = (u + u).shape[0]": "(u + u).shape[0]",
    "x = (u + u)(3)": "x",
    "x = ('ä', u.y)[1]": "u.y",
    "x = (\n    f(\n  1))": "x",
    "x = None\nif u:\n    x = [1]": [1, "?"],
    "import argparse\np = argparse.ArgumentParser()\np.add_argument(u)\np.add_argument('--n', dest=u)\nx = p.parse_args().n": "x",
    "from copy import deepcopy\nx = deepcopy({'a': [1, (2,)]})['a'][1][0]": 2,
    "x = 1\nsetattr(thing, u, 3)": 1,
    "d = {1: [2]}\nx = d[u]": [2, "?"],
    "x = [[1], [1]][u]": [1, "?"],
    "x = {}\nx.clear()": {},
    "import math\nx = math.sqrt(4.0)": 2.0,
    "from six.moves import range as r\nx = list(r(2))": [0, 1],
    "x = (lambda: (yield))": "function",
    "import itertools\nx = itertools.chain.from_iterable([u, [1]])": "x",
    "import itertools\nx = list(itertools.chain.from_iterable([[2], [1]]))": [2, 1],
    "async def f():\n    pass\nx = f()": "x",
    "x = [*range(3)]": [0, 1, 2],
    "global x\nx = 3": 3,
    "x = [1]\nx.insert(u, 2)": [1, 2, "?"],
    "x = [v for v in u]\nx.pop()": ["v", "?"],
    "x = {}\nx.get(u)": {},
    "x = [1]\nx *= u": [1, "?"],
    "y = x = {'a': 1}\ny |= u": {"a": 1, "?": "?"},
    "x = [1]\nx.__setitem__(0, 2)": [1, "?"],
    "x = {'a': 1}\nx.__setitem__('a', 2)": {"a": 1, "?": "?"},
    "from collections import OrderedDict\nx = OrderedDict(a=1, b=2)\nx.popitem(last=False)": {"a": 1, "b": 2, "?": "?"},
    "class A:\n    pass\na = A()\na.b = 1\ndelattr(a, u)\nx = 1": 1,
    "y = zip([1], [2])\nlist(y)\nx = list(y)": "x",
    "y = (v for v in [1, 2])\nfor v in y:\n    break\nx = sum(y)": "x",
    "y = map(len, [[1], [2]])\nnext(y)\nx = list(y)": "x",
    "y = map(len, [[1], [2]])\nif u:\n    list(y)\nx = list(y)": "x",
    "y = map(len, [[1], [2]])\nif u:\n    z = list(y)\nelse:\n    z = list(y)\nx = z": [1, 1],
    "try:\n    raise Odd\nexcept KeyError:\n    x = 1\nexcept ValueError:\n    x = 2": "x",
    "class A:\n    def __len__(self):\n        return 0\nx = 1 if A() else 2": "1 if A() else 2",
    "class A:\n    def __eq__(self, other):\n        return True\nx = 1 in [A()]": "x",
    "x = []\nfor v in {3, 1}:\n    x.append(v)": [3, 1, "?"],
    "x = []\nfor v in {3}:\n    x.append(v)": [3],
    "try:\n    raise Odd\nexcept KeyError as e:\n    x = 1": 1,
    "x = {**u}\nx.setdefault(u, 1)": {"?": "?"},
    "a = b = [1]\nif u:\n    a.append(2)\nx = b": [1, 2, "?"],
    "def f(*a, k=3):\n    return len(a) + k\nx = f(1, 2, k=1)": 3,
    "def f(a, /, b):\n    return a - b\nx = f(5, b=2)": 3,
    "def f(a):\n    def g():\n        return a\n    return g\nx = f(4)()": 4,
    "def f():\n    for i in [1, 2]:\n        if i == 2:\n            return i\nx = f()": 2,
    "def f():\n    while True:\n        return 5\nx = f()": 5,
    "def f():\n    for i in u:\n        return 5\nx = f()": "f",
    "def f():\n    try:\n        return 1\n    finally:\n        pass\nx = f()": 1,
    "class A:\n    n = 3\n    def f(self):\n        return self.n\nx = A.f(A())": 3,
    "class A:\n    def __init__(self):\n        self.u = load()\nx = A().u": "self.u",
    "class A(B):\n    pass\nx = A().missing": "x",
    "class A:\n    pass\nx = A().missing": "x",
    "x = [(y := v) for v in [1, 2]][-1] + y": 4,
}  # fmt: skip


def shown(value: Any) -> Any:
    if isinstance(value, Opaque):
        return value.name
    if isinstance(value, List):
        return [*map(shown, value), *(["?"] if value.taint else [])]
    if isinstance(value, Dict):
        return {**{key: shown(item) for key, item in value.items()}, **({"?": "?"} if value.taint else {})}
    if isinstance(value, tuple):
        return tuple(map(shown, value))
    if isinstance(value, Array):
        return tuple(map(shown, value.shape))
    return "function" if isinstance(value, Function) else value


@pytest.mark.parametrize("text", JOINED)
def test_one_of_several_values(text: str) -> None:
    machine = machine_of("import numpy as np\nX = load_data()\n" + text)
    assert [problem for problem in machine.problems if problem.code == "E099"] == []
    assert shown(machine.module.variables["x"]) == JOINED[text]


# Each raises an exception, and the interpreter follows it no further.
RAISES = """
int('x')
int(float('inf'))
float('x')
range(1, 2, 0)
[].pop()
{}.pop('a')
{}['a']
[1][3]
'abc'.index('d')
'{} {}'.format(1)
'%d' % 'x'
'%d %d' % (1,)
1 / 0
'a' < 1
(1, 'a') < ('b', 2)
~1.5
round(float('nan'))
a, b = 1, 2, 3
a, *b, c = (1,)
(lambda v: v)()
(lambda v: v)(1, 2)
(lambda v: v)(w=1)
f'{1:q}'
exit()
raise ValueError
len(__import__('numpy').zeros(()))
{'a': 1}[[1]]
range(3)[5]
__import__('functools').reduce(max, [])
__import__('math').sqrt(-1)
import sys; sys.exit(1)
'abc'[::0]
[1, 2][::0]
""".strip().splitlines()


@pytest.mark.parametrize("text", RAISES)
def test_exceptions_end_a_program(text: str) -> None:
    with pytest.raises(BaseException):
        exec(text, {})
    text = text.replace("__import__('numpy')", "numpy").replace("__import__('functools')", "functools")
    text = text.replace("__import__('collections')", "collections").replace("__import__('math')", "math")
    assert machine_of("import numpy, functools, collections, math\n" + text).doubts != []


def test_settings_replace_unknowns() -> None:
    text = (
        "import keras\nX = load()\nn = X.shape[1]\nm = len(vocab)\nk = X.shape\nif flag:\n    z = 1\nelse:\n    z = 2\n"
    )
    values = machine_of(text, **{"X.shape": (None, 4), "len(vocab)": 7, "flag": True}).module.variables
    assert (values["n"], values["m"], values["k"], values["z"]) == (4, 7, (None, 4), 1)
    assert machine_of("n = load()", n=3).module.variables["n"] == 3


HOSTILE = {
    "endless": "while True:\n    x = 1",
    "endless with break": "while True:\n    x = f(x)\n    if x:\n        break",
    "recursion": "def f(n):\n    return f(n + 1)\nf(0)",
    "mutual": "def f(n):\n    return [g(n), g(n)]\ndef g(n):\n    return [f(n), f(n)]\nf(0)",
    "ranges": "for i in range(10 ** 12):\n    for j in range(10 ** 12):\n        x = [i, j]",
    "comprehension": "x = [0 for a in range(9999) for b in range(9999) for c in range(9999)]",
    "doubling list": "x = [1]\nfor i in range(200):\n    x = x + x",
    "doubling str": "x = 'a'\nfor i in range(200):\n    x += x",
    "doubling nested": "x = []\nfor i in range(60):\n    x = [x, x]\nprint(x)\ny = str(x)",
    "doubling int": "x = 3\nfor i in range(200):\n    x = x * x",
    "polynomial": "x = u + v + w\nfor i in range(30):\n    x = x * (x + y)",
    "format of format": "x = '{:{}}'.format(1, 10 ** 9)\ny = '%*d' % (10 ** 9, 1)\nz = '{0:{1}}'.format(1, 10 ** 9)",
    "texts of texts": "a = 'a' * 99_999\nx = a.replace('a', a)\ny = f'"
    + "{a}" * 999
    + "'\nz = '{0}{0}{0}'.format(a)\nw = '%s%s' % (a, a)",
    "rounding": "import numpy as np\nx = round(10 ** 5, -(10 ** 10))\ny = np.round(10 ** 5, -(10 ** 10))\nz = np.power(3, 10 ** 9)",
    "long range": "x = range(10 ** 400)\nlen(x)\nlist(x)\nlen(range(-2 ** 62, 2 ** 62))\nrange(0, 1, 0)",
    "nested tensors": "from keras.layers import *\nx = i = Input((3,))\nfor _ in range(99):\n    x = (x, x)\nModel(i, x)\nx == x\n{x: 1}",
    "nested keys": "x = (1,)\nfor _ in range(60):\n    x = (x, x)\n{x: 1}\nd = {1: 2}\nd[x] = 1\nd[x]\ndict([(x, 1)])\ndel d[x]\nx in d",
    "nested numbers": "from keras.layers import *\nfrom keras import Model\ni = Input((3,))\nx = [1]\nfor _ in range(99):\n    x = [x, x]\nModel(i, x)\nDense(x)(i)\nstr(x)\n",
    "sizes of images": "from keras.applications import VGG19\nVGG19(weights=None, input_shape=[(1, 2), 32, 3])\nVGG19(weights=None, input_shape=7, classes='x')",
    "deep sum": "x = " + "+".join(["1"] * 500),
    "deep list": "x = " + "[" * 80 + "]" * 80,
    "metaclass": "class M(type):\n    def __call__(cls):\n        return cls()\nclass A(metaclass=M):\n    pass\nA()",
    "bases": "class A(B): pass\nclass B(A): pass\nB = A\nclass A(B): pass\nA().x",
    "own base": "class A: pass\nA.__bases__ = (A,)\nclass B(A, A): pass\nB().x",
    "shadow": "import keras\nkeras = 3\nkeras.Sequential()\nlen = 4\nlen(3)",
    "decorators": "@a.b.c(1)\nclass A:\n    @property\n    def x(self): return self.x\nA().x",
    "stars": "from a import *\nfrom .b import *\nf(*x, **y)\nprint(*x)",
    "await": "async def f():\n    await g()\n    async for x in y: pass\n    async with z: pass\nf()",
    "layers": "import keras\nm = keras.Sequential()\nwhile True:\n    m.add(keras.layers.Dense(3))",
    "models": "import keras\nfor i in range(1999):\n    keras.Sequential([keras.layers.Dense(3)]).summary()",
    "nested": "import keras\nm = keras.Sequential([keras.layers.Dense(2, input_shape=(2,))])\nfor i in range(300):\n    m = keras.Sequential([m])",
    "itself": "import keras\nm = keras.Sequential([keras.layers.Dense(2, input_shape=(2,))])\nm.add(m)\nm.summary()",
    "exec": "exec('x = 1')\neval('y')\nimport os\nos.system('true')",
    "unpack": "a, b = 1\n(c, d), e = 1, 2\n*f, g = ()\na, b = [1, 2, 3]",
    "errors": "1 / 0\n[][1]\n{}['x']\n'a' + 1\n-'a'\nint('x')\nrange('a')\nlambda: 1\nraise ValueError\nx.y.z = 3\ndel zz\nassert False",
    "types": "type X = int\ndef f[T](x: T) -> T:\n    return x\nf(1)" if False else "f: int = 3",
    "delete": "x = [1, 2]\ndel x[u]\ndel x[0:1]\ndel x.y\nlen(x)",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_programs_end(name: str) -> None:
    program = interpret(read_source(HOSTILE[name].encode(), "t.py"), {}, lambda _document: None)
    assert [problem for problem in program.problems if problem.code == "E099"] == []
