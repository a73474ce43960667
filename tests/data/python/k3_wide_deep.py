# runs: keras
# given: housing = type("Bunch", (), {"data": np.zeros((100, 13))})()
# sizes: housing.data.shape[1] = 13
import keras

features = housing.data.shape[1]
input_wide = keras.layers.Input(shape=[5], name="wide_input")
input_deep = keras.layers.Input(shape=[features - 5], name="deep_input")
hidden1 = keras.layers.Dense(30, activation="relu")(input_deep)
hidden2 = keras.layers.Dense(30, activation="relu")(hidden1)
concat = keras.layers.concatenate([input_wide, hidden2])
output = keras.layers.Dense(1, name="main_output")(concat)
aux_output = keras.layers.Dense(1, name="aux_output")(hidden2)
model = keras.Model(inputs=[input_wide, input_deep], outputs=[output, aux_output])
