"""Does the formula of an LSTM count one unit, or the whole layer?

The whole layer, with its 4 gates. One unit on 3 features has 4 * (1 * (3 + 1) + 1) = 20 parameters. 4 units have

    4 * (4 * (3 + 4) + 4) = 128

and not 4 * 20 = 80, since each unit also has a weight for the outputs of the 3 others.
"""

from keras import Model
from keras.layers import LSTM, Input

inputs = Input(shape=(None, 3))
one_unit = Model(inputs, LSTM(1)(inputs), name="one_unit")
four_units = Model(inputs, LSTM(4)(inputs), name="four_units")
