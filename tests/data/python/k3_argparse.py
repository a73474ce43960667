# runs: keras
# given: import sys; patch("sys.argv", ["train.py"])
import argparse

import keras

parser = argparse.ArgumentParser(description="Train a tagger")
parser.add_argument("--units", type=int, default=72)
parser.add_argument("--layers", "-l", type=int, default=2)
parser.add_argument("--rate", type=float, default=0.25)
parser.add_argument("--bidirectional", action="store_true")
parser.add_argument("--max-len", type=int, default=40)
args = parser.parse_args()

inputs = x = keras.Input((args.max_len, 16))
for _ in range(args.layers):
    rnn = keras.layers.LSTM(args.units, return_sequences=True)
    if args.bidirectional:
        rnn = keras.layers.Bidirectional(rnn)
    x = keras.layers.Dropout(args.rate)(rnn(x))
tagger = keras.Model(inputs, keras.layers.Dense(5)(x))
