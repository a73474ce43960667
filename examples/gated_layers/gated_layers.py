"""What our own Keras layers do, for lstmlint."""

from lstmlint import Layer, LayerError


class GatedDense(Layer):
    """Dense(units) times a sigmoid gate of the same size, along the last axis."""

    signature = {"units": None, "use_bias": True}
    min_ndim = 2

    def weights(self, input_shape):
        units, features = self.integer("units"), self.feature_dim(input_shape)
        if units % 2:
            raise LayerError("E007", f"GatedDense takes an even number of units, not {units}", argument="units")
        yield self.weight("kernel", (features, units))
        yield self.weight("gate", (features, units))
        if self.config["use_bias"]:
            yield self.weight("bias", (units,))

    def output_shape(self, input_shape):
        return (*input_shape[:-1], self.integer("units"))
