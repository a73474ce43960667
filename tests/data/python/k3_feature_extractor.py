# runs: keras
# models: model; extractor; multi
import keras
from keras import layers

model = keras.Sequential(
    [
        keras.Input((50, 50, 3)),
        layers.Conv2D(8, 3, activation="relu", name="conv_a"),
        layers.Conv2D(16, 3, activation="relu", name="conv_b"),
        layers.GlobalMaxPooling2D(name="pool"),
        layers.Dense(10, name="logits"),
    ]
)
extractor = keras.Model(inputs=model.inputs, outputs=model.get_layer("conv_b").output)
multi = keras.Model(inputs=model.inputs, outputs=[layer.output for layer in model.layers])
