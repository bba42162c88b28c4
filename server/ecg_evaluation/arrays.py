"""Names for the arrays that figures are computed from."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# For what training computes in float32 too.
AnyFloats = npt.NDArray[np.floating]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
Texts = npt.NDArray[np.str_]

# How often recordings were drawn: counts, exact in float32, which is gathered several times as fast as float64.
Weights = npt.NDArray[np.float32]
