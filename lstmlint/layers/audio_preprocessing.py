"""Spectrogram layers: MelSpectrogram and STFTSpectrogram."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from lstmlint.layers.base import Context, LayerError, Weight, layer
from lstmlint.layers.preprocessing import PreprocessingLayer
from lstmlint.layers.spatial import SlidingLayer, bad_value, shown
from lstmlint.model.shapes import Dim, KnownShape, Shape, product
from lstmlint.model.spec import LayerSpec

# The windows of scipy.signal.get_window that need no parameter.
WINDOWS = frozenset({
    "bart", "barthann", "bartlett", "bkh", "black", "blackharr", "blackman", "blackmanharris", "blk", "bman", "bmn",
    "bohman", "box", "boxcar", "brt", "brthan", "bth", "cosine", "exponential", "flat", "flattop", "flt",
    "halfcosine", "ham", "hamm", "hamming", "han", "hann", "lanczos", "nut", "nutl", "nuttall", "ones", "par", "parz",
    "parzen", "poisson", "rect", "rectangular", "sinc", "taylor", "taylorwin", "tri", "triang", "triangle", "tuk",
    "tukey",
})  # fmt: skip


@layer("MelSpectrogram")
class MelSpectrogram(PreprocessingLayer):
    """The energy of num_mel_bins frequency bands in each frame of a signal. It has no weights."""

    min_ndim = 1

    def check(self) -> None:
        """Check the arguments.

        Raises: LayerError E007.
        """
        config = self.config
        fft_length = config.get("fft_length")
        if not isinstance(fft_length, int | float):
            raise bad_value(self, "fft_length", "a positive integer", 2048)
        length = config.get("sequence_length") or fft_length
        if not isinstance(length, int | float) or length > fft_length:
            raise LayerError(
                "E007",
                f"sequence_length of MelSpectrogram is {shown(length)}, but fft_length is {fft_length}; Keras raises a"
                " ValueError",
                f"Set sequence_length to {fft_length} or less, or fft_length to a greater number.",
                "sequence_length",
            )
        if not config.get("max_freq") and not isinstance(config.get("sampling_rate"), int | float):
            raise bad_value(self, "sampling_rate", "a number", 16000)

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (num_mel_bins, frames), after the batch if there is one. Keras computes the frames from axis 1 at
        most.

        Raises: LayerError E007.
        """
        batch, (time, *_) = input_shape[:-1][:1], input_shape[1:] or input_shape
        return (*batch, self.dimension("num_mel_bins"), self._frames(time))

    def _frames(self, time: Dim) -> Dim:
        """Return (time + stride + 1) // stride, as Keras's compute_output_shape does."""
        if time is None:
            return None
        stride = self.config["sequence_stride"]
        if not isinstance(stride, int) or stride == 0 or (frames := (time + stride + 1) // stride) < 0:
            raise bad_value(self, "sequence_stride", "a positive integer", 512)
        return frames


@layer("STFTSpectrogram")
class STFTSpectrogram(SlidingLayer):
    """The short-time Fourier transform as a convolution with trainable kernels: sine waves times a window.

    The two kernels, for the real and the imaginary part, have the shape (frame_length, 1, fft_length // 2 + 1) and are
    shared by all channels. Reference: keras.layers.STFTSpectrogram.
    """

    rank = 1
    too_small = "S103"
    window_argument = "frame_length"
    modes: ClassVar[tuple[str, ...]] = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        for argument, allowed in (
            ("mode", self.modes),
            ("scaling", ("density", "spectrum", None)),
            ("padding", ("valid", "same")),
        ):
            value = self.config[argument]
            if isinstance(value, list | dict) or value not in allowed:
                raise bad_value(self, argument, " or ".join(map(shown, allowed)), allowed[0])
        self.mode = self.config["mode"]
        self.frame_length = self.integer("frame_length")
        step, fft_length = self.config["frame_step"], self.config["fft_length"]
        if step is not None and not (isinstance(step, int | float) and 1 <= step <= self.frame_length):
            raise bad_value(self, "frame_step", f"1 to frame_length, {self.frame_length}", self.frame_length)
        self.padding = self.config["padding"]
        strides: Any = (step or self.frame_length // 2,)  # Keras accepts 1.5, too
        self.windows, self.strides = (self.frame_length,), strides
        if self.strides == (0,):
            raise LayerError(
                "E007", "frame_length of STFTSpectrogram is 1, so its default frame_step is 0; Keras raises an error",
                "Set frame_step to 1, or frame_length to a greater number.", "frame_length",
            )  # fmt: skip
        if fft_length is not None and not (isinstance(fft_length, int) and fft_length >= self.frame_length):
            raise bad_value(self, "fft_length", f"an integer of at least frame_length, {self.frame_length}", 512)
        self.bins = (fft_length or 2 ** (self.frame_length - 1).bit_length()) // 2 + 1
        self._check_window()

    def _check_window(self) -> None:
        window = self.config["window"]
        if isinstance(window, str):
            if not isinstance(self.config["periodic"], bool):
                raise bad_value(self, "periodic", "true or false", "false")
            fits = window.removesuffix("_periodic").removesuffix("_symmetric") in WINDOWS
        elif isinstance(window, list):
            fits = len(window) == self.frame_length and all(isinstance(number, int | float) for number in window)
        else:
            fits = window is None
        if not fits:
            wanted = f"the name of a window without parameters, {self.frame_length} numbers, or null"
            raise bad_value(self, "window", wanted, "hann")

    @property
    def kernels(self) -> list[str]:
        """Return the names of the weights. The modes real and imag have only one kernel."""
        return [f"{part}_kernel" for part in ("real", "imag") if self.mode not in {"real", "imag"} - {part}]

    def weights(self, input_shape: Any) -> Iterator[Weight]:
        """Yield real_kernel and imag_kernel (frame_length, 1, fft_length // 2 + 1)."""
        for name in self.kernels:
            yield self.weight(name, (self.frame_length, 1, self.bins))

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (batch, frames, channels · bins), or (batch, frames, bins, channels) with expand_dims.

        Raises: LayerError S103 if the signal is shorter than a frame, S106 if the number of channels is unknown.
        """
        channels = self.feature_dim(input_shape, 1 if self.channels_first else -1)
        (frames,) = self.lengths(input_shape)
        bins = self.bins * 2 if self.mode == "stft" else self.bins
        batch = input_shape[0]
        if not self.config["expand_dims"]:
            return self.join((batch,), (frames,), channels * bins)
        return (batch, channels, frames, bins) if self.channels_first else (batch, frames, bins, channels)

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return the multiply-accumulates: the size of the kernels, per frame and channel."""
        shape, output = input_shapes[0], output_shapes[0]
        if shape is None or output is None:
            return None
        frames = output[2 if self.channels_first else 1]
        channels = shape[1 if self.channels_first else -1]
        return product((frames, channels, self.frame_length, self.bins, len(self.kernels)))
