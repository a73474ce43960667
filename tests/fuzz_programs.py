"""Damaged and generated Python programs and notebooks, for tests/fuzz.py."""

from __future__ import annotations

import json
import re
import sys
import warnings
from ast import PyCF_ONLY_AST
from functools import lru_cache
from random import Random
from typing import Any

from tests.python_programs import HEAD, OTHERS, READ, RUN
from tests.python_snippets import FOLDER

# Expressions that cost much time or memory, or that raise, wherever Python evaluates them.
BOMBS = (
    "10**10**8", "2**31**31", "10**-10**10", "2.0**10000", "(-8)**0.5", "1j**10**10", "1<<10**10", "1<<-1", "-1>>10**20", "~(1<<10**9)",
    "'a'*10**10", "b'a'*10**10", "[0]*10**10", "(0,)*10**10", "'%1000000000d' % 3", "'%*d' % (10**9, 1)", "'%.*f' % (10**9, 1.0)",
    "'{:1000000000d}'.format(3)", "'{:{}}'.format(1, 10**9)", "'{0.__class__.__mro__}'.format(1)", "'{' * 999", "format(1.0, '.1000000000f')",
    "f'{3:>1000000000}'", "f'{1:{10**9}}'", "f'{f\"{f\'{1}\'}\"}'", "range(10**18)", "list(range(10**9))", "range(0, 10, 0)", "range(10**400)",
    "[i for i in range(10**9)]", "[[j for j in range(10**6)] for i in range(10**6)]", "{i: i for i in range(10**9)}", "(i for i in iter(int, 1))",
    "[i for i in range(10**5) for j in range(10**5) for k in range(10**5)]", "{i for i in range(10**9)}", "sum(range(10**12))", "max(range(10**12))",
    "sorted(range(10**9))", "math.factorial(10**7)", "math.comb(10**6, 10**5)", "'x'.join(['a'*10**5]*10**5)", "'x'.zfill(10**9)", "'x'.ljust(10**9)",
    "'x'.center(10**9)", "'aa'.replace('a', 'b'*10**9)", "'\\t'.expandtabs(10**9)", "bytes(10**10)", "bytearray(10**10)", "int('9'*10**5)",
    "str(10**10**5)", "pow(3, 10**9)", "pow(3, 10**9, 7)", "pow(3, -1, 0)", "round(1.5, 10**10)", "round(10**5, -10**10)", "np.zeros((10**9, 10**9))",
    "np.zeros(10**400)", "np.arange(10**12)", "np.linspace(0, 1, 10**9)", "np.ones((2,)*64)", "np.random.rand(10**9)", "list(zip(*[range(10**9)]*3))",
    "list(itertools.product(range(10**3), repeat=9))", "list(itertools.permutations(range(20)))", "list(itertools.count())", "dict.fromkeys(range(10**9))",
    "tuple(map(str, range(10**9)))", "any(x for x in iter(int, 1))", "re.match('(a+)+$', 'a'*40+'b')", "eval('1+'*10000+'1')", "1e308*10",
    "float('inf')", "float('nan')", "int(float('inf'))", "int(float('nan'))", "-2**63", "0x" + "f" * 3000, "1" * 5000, "9" * 4300, "1e" + "9" * 30, "'a'[10**20]",
    "[1][-10**30]", "[1, 2][::0]", "[1, 2][10**30::-10**30]", "'\\ud800'", "chr(10**9)", "chr(-1)", "(1).to_bytes(10**9, 'big')", "1/0", "1%0", "0.0**-1",
    "divmod(1, 0.0)", "bin(1<<10**9)", "('a,'*10**7).split(',')", "__import__('os').system('true')", "open('/etc/passwd').read()", "(lambda f: f(f))(lambda f: f(f))",
    "type('A', (), {'x': 1})()", "[].__class__.__base__.__subclasses__()", "globals()", "locals()", "vars()", "print(*range(10**9))", "input()", "exit()",
    "[*range(10**9)]", "{**{str(i): i for i in range(10**7)}}", "-" * 300 + "1", "not " * 300 + "1", "(" * 90 + "1" + ")" * 90, "[" * 90 + "]" * 90,
    "+".join(["1"] * 3000), "x" + ".y" * 500, "x" + "[0]" * 500, "f" + "()" * 90, "a if b else " * 150 + "c", "'a' 'b' " * 500, "lambda: " * 90 + "1", "1 < " * 900 + "2",
    "np.float32(1e39)", "np.int8(300)", "np.prod([10**9]*9)", "np.reshape([1], (10**9, 0))", "tf.constant([1]*5)", "tf.zeros((10**9,)*9)", "K.int_shape(x)",
    "getattr(x, 'a'*10**6)", "len('a'*10**9)", "hash('a')", "id(x)", "isinstance(1, (int,)*10**6)", "next(iter([]))", "slice(10**30)", "complex('1'*5000)",
)  # fmt: skip
STATEMENTS = (
    "while True:\n    pass", "while True:\n    x = [x, x]", "x = []\nx.append(x)\nprint(x)", "for i in range(10**18):\n    y = i", "def f():\n    return f()\nf()",
    "def f(n):\n    return f(n - 1) + f(n - 2)\nf(90)", "class A(A): pass", "class A:\n    def __getattr__(self, n): return getattr(self, n + 'x')\nA().y",
    "class A:\n    def __init__(self): A()\nA()", "class A:\n    __add__ = __radd__ = __call__ = lambda s, *o: s + s\nA() + A()", "x = 'a'\nfor i in range(99):\n    x += x",
    "x = 3\nfor i in range(99):\n    x *= x", "x = (1,)\nfor i in range(99):\n    x = (x, x)", "x = {}\nx['x'] = x", "import os; os.remove('x')", "del x", "global q",
    "model.add(model)", "while model:\n    model.add(Dense(3))", "for i in range(1999):\n    m = Sequential([Dense(3, input_shape=(3,))]); m.summary()",
    "for i in range(300):\n    model = Sequential([model])", "x = Input((3,))\nfor i in range(3000):\n    x = Dense(3)(x)\nm = Model(x, x)",
    "x = Input((3,))\nfor i in range(60):\n    x = add([x, x])\nmodel = Model(x, x)", "try:\n    raise x\nexcept:\n    raise\nfinally:\n    1/0", "yield x", "return 3",
    "try:\n    1/0\nfinally:\n    while 1: continue", "def g():\n    while 1: yield 1\nlist(g())\nsum(g())\na, *b = g()", "async def f(): await f()\nf()", "with a as b, c as d: pass",
    "match x:\n    case [1, *r]: pass\n    case {'a': 1, **k}: pass\n    case _: pass", "@f\n@f()\nclass A(B, metaclass=C, **d): pass", "from . import *\nfrom a.b import *",
    "exec('while 1: pass')", "assert 0, 1/0", "raise SystemExit", "x: int = 3\nx.y: str = 4", "a = b = c = *d, e = f", "nonlocal z", "type X = int", "print 'x'",
    "if u:\n    n = 3\nelse:\n    n = 4\nmodel = Sequential([Dense(n, input_shape=(3,))])", "%matplotlib inline", "!pip install x", "?x", "x??", "%%time\nx = 3", "%%bash\nls -la\necho 'unterminated",
    "get_ipython().system('ls')", "%timeit " + "x" * 5000, "x = !ls", "\x0c", "\x00", "\\", "'''", '"', "(", "    ", "\tx = 1\n        y = 2", "# -*- coding: rot13 -*-", "é = ñ = 1",
    "def f(*, a, b=1, **k): return k\nf(**{'a': 1}, **{'a': 2})", "def f(a=[]):\n    a.append(a)\n    return a\nf(); f()", "lst = [1]\nfor i in lst:\n    lst.append(i)",
    "d = {1: 1}\nfor k in d:\n    d[len(d) + 1] = k", "import sys; sys.setrecursionlimit(10**9)", "x = lambda *a: x(*a, *a)\nx(1)", "model = model_from_json('[' * 9999)",
    "model = tf.keras.applications.ResNet50(classes=10**30, input_shape=(10**9, 0, -3))", "model.layers[10**9]", "model.get_layer('x' * 10**9)", "model.layers.clear()", "model.pop()\n" * 30,
)  # fmt: skip
LAYERS = (
    "Dense({n})", "LSTM({n}, return_sequences={b})", "GRU({n})", "Conv2D({n}, {n}, padding='same')", "Conv1D({n}, kernel_size={n}, strides={n}, dilation_rate={n})", "Flatten()", "Dropout({n})",
    "Embedding({n}, {n})", "Reshape(({n}, {n}))", "Bidirectional(LSTM({n}))", "TimeDistributed(Dense({n}))", "Lambda(lambda t: t * {n})", "MaxPooling2D({n})", "ZeroPadding2D({n})",
    "MultiHeadAttention({n}, {n})", "BatchNormalization(axis={n})", "RNN([LSTMCell({n}), GRUCell({n})])", "ConvLSTM2D({n}, {n})", "SeparableConv2D({n}, {n})", "Activation('relu')",
    "Permute(({n}, {n}))", "RepeatVector({n})", "UpSampling2D({n})", "Cropping2D({n})", "EinsumDense('abc,cd->abd', output_shape=(None, {n}))", "LayerNormalization()", "Unknown({n})",
)  # fmt: skip
SIZES = (
    "0",
    "1",
    "2",
    "3",
    "8",
    "64",
    "u",
    "u * v",
    "u // 2",
    "len(vocab)",
    "-1",
    "2.5",
    "None",
    "'3'",
    "n",
    "x.shape[1]",
    "(3, 4)",
)
TOKEN = re.compile(r"\w+|[^\S\n]+|\n[ \t]*|[^\w\s]")
PLACES = re.compile(r"\b\d+(?:\.\d*)?\b|\bNone\b|\bTrue\b|'[^'\n]*'")


@lru_cache(maxsize=1)
def seeds() -> list[str]:
    """Return valid programs and notebooks."""
    found = [HEAD + text for table in (RUN, READ, OTHERS) for text, *_ in table.values()]
    return found + [path.read_text("utf-8") for path in sorted(FOLDER.iterdir()) if path.suffix in (".py", ".ipynb")]


def number(random: Random) -> str:
    """Return an expression for a size."""
    return random.choice(BOMBS) if random.random() < 0.1 else random.choice(SIZES)


def layer(random: Random) -> str:
    """Return the call of a layer."""
    return re.sub(
        r"\{(\w)\}",
        lambda match: number(random) if match[1] == "n" else random.choice(("True", "False", "u > 3")),
        random.choice(LAYERS),
    )


def expression(random: Random, depth: int = 3) -> str:
    """Return any expression."""
    if depth == 0 or random.random() < 0.2:
        return random.choice((number(random), number(random), "x", "model", "y", layer(random)))
    a, b = (f"({expression(random, depth - 1)})" for _ in range(2))
    return random.choice((
        f"({a} + {b})", f"({a} * {b})", f"({a} ** {b})", f"({a} % {b})", f"({a} // {b})", f"({a} << {b})", f"({a} == {b})", f"[{a}, {b}]", f"({a}, {b})", f"{{{a}: {b}}}",
        f"[{a} for i in range(2)]", f"[{a} for y in {b}]", f"({a} if {b} else {a})", f"({a} or {b})", f"f({a}, {b})", f"len({a})", f"list({a})", f"str({a})", f"int({a})", f"{a}[{b}]",
        f"sum({a})", f"{a}.get({b})", f"{a}.append({b})", f"f'{{{a}!r:>{{3}}}}'", f"(lambda x: {a})({b})", f"sorted({a})", f"zip({a}, {b})", f"{a}({b})", f"np.array({a}).reshape({b})",
        f"max({a}, {b})", f"dict(a={a}, **{b})", f"[*{a}, {b}]", f"(y := {a})", f"isinstance({a}, int)", f"not {a}", f"-{a}", f"{a} in {b}", f"getattr({a}, 'shape')", f"{a}.shape[1]",
    ))  # fmt: skip


def statement(random: Random, depth: int = 2) -> str:
    """Return any statement, over one or several lines."""
    kind = random.randrange(16)
    if kind < 4 and depth:
        body = "\n".join(statement(random, depth - 1) for _ in range(random.choice((1, 2, 3))))
        head = random.choice((
            "for i in range({}):", "while {}:", "if {}:", "def f(a=3, *b, **c):", "class A(Layer):", "with tf.name_scope({}):", "try:", "for x, y in {}:", "def f(x):", "class A(Model):",
        )).format(expression(random, 1))  # fmt: skip
        indented = head + "\n    " + body.replace("\n", "\n    ")
        return indented + ("\nexcept Exception as e:\n    pass" if head == "try:" else "")
    if kind < 6:
        return f"model.add({layer(random)})"
    if kind < 9:
        return f"x = {layer(random)}(x)"
    if kind == 9:
        return random.choice(STATEMENTS)
    if kind == 10:
        return "model = Model(inp, x)"
    if kind == 11:
        return f"x = concatenate([x, {layer(random)}(x)])"
    if kind == 12:
        return f"{random.choice('nuvxy')} {random.choice(('+', '-', '*', '**', '<<', '%', '//', '@'))}= {expression(random, 2)}"
    return f"{random.choice(('n', 'x', 'y', 'vocab', '_', 'a, b', 'x[0]', 'model.z'))} = {expression(random)}"


def generated(random: Random) -> str:
    """Return a program that builds a model, and does odd things."""
    shape = random.choice(("(5,)", "(8, 3)", "(16, 16, 3)", "(None, u)", f"({number(random)}, {number(random)})"))
    lines = [HEAD, "n = 3", "model = Sequential()", f"x = inp = Input({shape})"]
    lines += [statement(random) for _ in range(random.choice((2, 5, 10, 20)))]
    return "\n".join([*lines, "model.summary()", "out = Model(inp, x)"]) + "\n"


def mutated(text: str, random: Random) -> str:
    """Change some tokens and lines of a program."""
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        kind = random.random()
        if kind < 0.35:
            tokens = TOKEN.findall(text)
            if not tokens:
                break
            at, other = random.randrange(len(tokens)), random.randrange(len(tokens))
            change = random.random()
            if change < 0.3:
                del tokens[at]
            elif change < 0.5:
                tokens[at], tokens[other] = tokens[other], tokens[at]
            elif change < 0.7:
                tokens.insert(at, tokens[other])
            else:
                tokens[at:at] = tokens[other : other + random.choice((1, 5, 30))]
            text = "".join(tokens)
        elif kind < 0.7:
            found = list(PLACES.finditer(text))
            if found:
                place = random.choice(found)
                text = text[: place.start()] + expression_or_bomb(random) + text[place.end() :]
        else:
            lines = text.split("\n")
            at = random.randrange(len(lines))
            change = random.random()
            indent = re.match(r"[ \t]*", lines[at])[0]  # type: ignore[index]
            if change < 0.2:
                del lines[at]
            elif change < 0.4:
                lines[at:at] = [lines[at]] * random.choice((1, 3, 300))
            elif change < 0.5:
                lines[at] = "    " + lines[at]
            elif change < 0.6:
                lines[at : at + 1] = [f"{indent}for _ in range({number(random)}):", "    " + lines[at]]
            else:
                lines[at:at] = [
                    indent + line for line in random.choice((random.choice(STATEMENTS), statement(random))).split("\n")
                ]
            text = "\n".join(lines)
    return text


def expression_or_bomb(random: Random) -> str:
    """Return an expression that is likely to hurt."""
    return random.choice(BOMBS) if random.random() < 0.7 else expression(random)


def notebook(text: str, random: Random) -> str:
    """Return a program as a notebook, perhaps a damaged one."""
    parts = re.split(r"\n(?=\S)", text)
    size = random.choice((1, 3, 10, len(parts)))
    cells: list[Any] = []
    for at in range(0, len(parts), size):
        source = "\n".join(parts[at : at + size])
        if random.random() < 0.1:
            source = random.choice(("%%bash\n", "%%writefile x\n", "%%time\n", "%matplotlib inline\n", "!ls {x}\n", "%%", "?\n")) + source  # fmt: skip
        lines = source.splitlines(keepends=True)
        cells.append({
            "cell_type": random.choice(("code", "code", "code", "code", "markdown", "raw", 3)), "metadata": {}, "outputs": [], "execution_count": None,
            "source": random.choice((source, lines, lines, lines, None, 3, {}, [1], [[source]])) if random.random() < 0.2 else lines,
        })  # fmt: skip
    book: Any = {"cells": cells, "metadata": {"kernelspec": {"language": "python"}}, "nbformat": 4, "nbformat_minor": 2}
    if random.random() < 0.3:
        kind = random.randrange(6)
        if kind == 0:
            book = {"worksheets": [{"cells": cells}], "nbformat": 3, "metadata": {}}
        elif kind == 1:
            book[random.choice(list(book))] = random.choice((None, [], {}, "x", 10**400, [None], [[]], {"language": 3}))
        elif kind == 2:
            book["cells"] = cells * random.choice((0, 30))
        elif kind == 3:
            random.choice(cells)[random.choice(("source", "cell_type", "x"))] = random.choice((None, 3, [], {}, "\ud800", "\x00"))  # fmt: skip
        elif kind == 4:
            book["metadata"] = {"kernelspec": random.choice((None, 3, {"language": "R"}, {"name": []})), "language_info": random.choice((None, {"name": "julia"}, {"name": 3}))}  # fmt: skip
        else:
            cells.append(random.choice((None, 3, "x", [], {})))
    return encoded(book, random)


def is_python(text: str) -> bool:
    """Check whether Python can parse a program."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "p.py", "exec", PyCF_ONLY_AST)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            return False
    return True


def encoded(book: Any, random: Random) -> str:
    """Return a notebook as JSON, with integers of any length."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return json.dumps(book, ensure_ascii=random.random() < 0.5)
    finally:
        sys.set_int_max_str_digits(before)


def made(random: Random) -> tuple[bytes, str]:
    """Return a program or notebook, and its name."""
    text = generated(random) if random.random() < 0.35 else random.choice(seeds())
    for _ in range(random.choice((0, 1, 6, 6, 6))):  # more often than not, a program that Python accepts
        changed = mutated(text, random)
        if is_python(changed):
            break
    else:
        changed = mutated(text, random) if random.random() < 0.3 else text
    text = changed
    if text.lstrip().startswith("{"):
        return text.encode("utf-8", "surrogatepass"), "p.ipynb"
    if random.random() < 0.2:
        return notebook(text, random).encode("utf-8", "surrogatepass"), "p.ipynb"
    return text.encode("utf-8", "surrogatepass"), random.choice(("p.py",) * 9 + ("p", "p.ipynb"))
