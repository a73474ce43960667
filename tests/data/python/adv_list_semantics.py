# runs: keras
import copy

import keras
from keras import layers

sizes = [8, 4, 2]
alias, shallow = sizes, sizes[:]
alias += [1]
shallow.remove(4)
nested = [[1]] * 2
nested[0].append(5)
deep = copy.deepcopy(nested)
deep[0].append(9)
matrix = [[0] * 2 for _ in range(2)]
matrix[0][1] = 7
options = {"a": [3]}
options.setdefault("a", []).append(4)
options.setdefault("b", []).append(6)
popped = options.pop("b") + options.get("c", [2])
sizes[1:3] = [11, 12, 13]


def build(*widths):
    model = keras.Sequential([keras.Input((5,))])
    [model.add(layers.Dense(w)) for w in widths]
    return model


m1 = build(*sizes)
m2 = build(*shallow)
m3 = build(*nested[1], len(deep[1]), sum(map(sum, matrix)))
m4 = build(*options["a"], *popped)
m5 = build(*reversed(sorted(set([3, 3, 2, 9]))))
m6 = build(*(w for w in (1, 2, 3, 4) if w % 2 == 0), *dict(x=6, y=7).values())
m7 = build(*zip(*[(2, 3), (4, 5)]).__next__())
m8 = build(*filter(None, [0, 3, None, 5]), *map(int, "27"), *list(enumerate("ab", start=4))[1][:1])
