# runs: keras
# given: import sys; patch("sys.argv", ["x"])
import argparse
from types import SimpleNamespace

import keras
from keras import layers

parser = argparse.ArgumentParser()
parser.add_argument("--units", default="16", type=int)
parser.add_argument("--no-bias", dest="bias", action="store_false")
parser.add_argument("--depth", type=int, default=None)
parser.set_defaults(width=3)
args = parser.parse_args()
args.units *= 2
setattr(args, "extra", 5)
if args.depth is None:
    args.depth = 2
model = keras.Sequential([keras.Input((args.width,))])
for _ in range(args.depth):
    model.add(layers.Dense(args.units, use_bias=args.bias))
model.add(layers.Dense(args.extra))

hp = SimpleNamespace(units=7, name="ns")
hp.units += 1
other = keras.Sequential([keras.Input((2,)), layers.Dense(hp.units)], name=hp.name)
values = vars(hp)
third = keras.Sequential([keras.Input((2,)), layers.Dense(values["units"] * 2)])
