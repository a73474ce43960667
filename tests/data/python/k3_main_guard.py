# runs: keras
# models: create_model()
import keras


def create_model(hidden=12):
    model = keras.Sequential()
    model.add(keras.layers.InputLayer(shape=(8,)))
    model.add(keras.layers.Dense(hidden, activation="relu"))
    model.add(keras.layers.Dense(8, activation="relu"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def main():
    model = create_model()
    model.fit([], [], epochs=150, batch_size=10)


if __name__ == "__main__":
    main()
