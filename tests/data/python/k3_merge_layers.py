# runs: keras
import keras
from keras.layers import Add, Average, Dense, Dot, Input, Maximum, Multiply, Subtract, add, multiply

a = Input((16,), name="a")
b = Input((16,), name="b")
parts = [Add()([a, b]), Subtract()([a, b]), Multiply()([a, b]), Average()([a, b]), Maximum()([a, b])]
total = add([Dense(4)(part) for part in parts])
gate = multiply([total, Dense(4, activation="sigmoid")(a)])
score = Dot(axes=1, normalize=True)([gate, total])
model = keras.Model([a, b], score)
