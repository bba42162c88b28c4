"""What a network's config.json may name: parts of Keras that only compute.

Not in the lists, on purpose: whatever holds or imports code (Lambda, TFOpLambda, functions, TFSMLayer, JaxLayer,
FlaxLayer, TorchModuleWrapper), reads files (the lookup layers, TextVectorization), or belongs to training. To serve a
network with another layer of Keras's own, add the layer's name.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MODELS = frozenset({"Functional", "Model", "Sequential"})

LAYERS = _words(
    """
    Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention Average AveragePooling1D
    AveragePooling2D BatchNormalization Bidirectional CategoryEncoding Concatenate Conv1D Conv1DTranspose Conv2D
    Conv2DTranspose ConvLSTM1D Cropping1D Cropping2D Dense DepthwiseConv1D DepthwiseConv2D Dot Dropout ELU EinsumDense
    Embedding Flatten GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D
    GlobalMaxPooling1D GlobalMaxPooling2D GroupNormalization GroupQueryAttention Identity InputLayer LSTM LSTMCell
    LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D Maximum Minimum MultiHeadAttention Multiply
    Normalization PReLU Permute RMSNormalization RNN ReLU RepeatVector Rescaling Reshape SeparableConv1D
    SeparableConv2D SimpleRNN SimpleRNNCell Softmax SpatialDropout1D SpatialDropout2D SpectralNormalization
    StackedRNNCells Subtract ThresholdedReLU TimeDistributed UnitNormalization UpSampling1D UpSampling2D
    ZeroPadding1D ZeroPadding2D
    """
)

# What Keras 3 writes of arithmetic between layers, such as `x * 2` or `keras.ops.mean(x)`.
OPERATIONS = _words(
    """
    Abs Absolute Add Clip Concatenate Divide Exp ExpandDims GetItem Log Matmul Max Maximum Mean Min Minimum Multiply
    Negative Power Relu Reshape Sigmoid Silu Softmax Sqrt Square Squeeze Stack Subtract Sum Tanh Transpose TrueDivide
    """
)

# Of layers: initial values, penalties, bounds, precision.
SETTINGS = _words(
    """
    Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer LecunNormal LecunUniform Ones
    Orthogonal OrthogonalInitializer RandomNormal RandomUniform TruncatedNormal VarianceScaling Zeros
    L1 L1L2 L2 OrthogonalRegularizer
    MaxNorm MinMaxNorm NonNeg UnitNorm
    DTypePolicy Policy
    """
)

# Values that JSON has no word for.
VALUES = frozenset({"__ellipsis__", "__keras_tensor__", "__numpy__", "__slice__", "__tensor__", "__tuple__"})

CLASSES = MODELS | LAYERS | OPERATIONS | SETTINGS | VALUES

# Where Keras 3 has them, and Keras 2 of several ages; tf_keras writes "tf_keras" for "keras".
MODULES = _words(
    """
    keras keras.activations keras.constraints keras.dtype_policies keras.initializers keras.layers
    keras.mixed_precision keras.models keras.regularizers
    keras.engine.functional keras.engine.sequential keras.engine.training
    keras.src.engine.functional keras.src.engine.sequential keras.src.engine.training
    keras.src.models.functional keras.src.models.model keras.src.models.sequential
    keras.src.ops.nn keras.src.ops.numpy
    """
)

# The functions that a layer may have as its activation.
FUNCTION_MODULES = frozenset({"builtins", "keras.activations"})
FUNCTIONS = _words(
    """
    celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear
    log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus
    squareplus swish tanh tanh_shrink threshold
    """
)

NUMBER_TYPES = _words("bfloat16 bool float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64")
