# runs: keras
from keras.layers import *
from keras.models import *

inp = Input(shape=(128, 128, 1))
c1 = Conv2D(4, 3, activation="relu", padding="same")(inp)
p1 = MaxPooling2D()(c1)
c2 = Conv2D(8, 3, activation="relu", padding="same")(p1)
u1 = UpSampling2D()(c2)
m1 = concatenate([u1, c1])
out = Conv2D(1, 1, activation="sigmoid")(m1)
unet = Model(inputs=inp, outputs=out, name="unet")
