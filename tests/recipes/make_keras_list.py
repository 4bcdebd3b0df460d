#!/usr/bin/env python3
"""Writes rules/globals/keras.txt: the classes and functions of Keras that a configuration may name, from an installed Keras 3,
with those of earlier generations, which are listed here.

    KERAS_BACKEND=numpy python3 tests/recipes/make_keras_list.py > rules/globals/keras.txt
"""
import importlib
import inspect
import pkgutil

import keras
from keras.src.ops.operation import Operation

HEAD = """\
# keras: what a configuration of Keras may name: layers, activations, initializers, losses, metrics, optimizers and so on.
#
# One allowed global a line: module name uses reason, as in sklearn.txt; the use is
#   config   loading a model may look it up and make an object of it (formats/keras_config.hpp); a pickle may not
# only for configurations
# A configuration that names a class without a module (before Keras 2.13) is looked up by the bare name, in every module here.
# Left out on purpose, and in dangerous.txt: Lambda, TFSMLayer, TorchModuleWrapper, JaxLayer, FlaxLayer, everything that loads or
# fetches. Classes of one's own go into `allow-globals` of the rule, or into a list beside this one.
# Made by tests/recipes/make_keras_list.py with Keras {version}.
"""
# They load files, run code that the configuration brings, or are no part of a model.
LEFT_OUT = {"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "deserialize", "serialize", "get",
            "load_model", "save_model", "clone_model", "model_from_json", "clone_and_freeze"}
# Module and what its objects do.
CLASSES = {
    "keras": "part of the top of a model",
    "keras.models": "model made of layers",
    "keras.layers": "layer: computes on tensors",
    "keras.initializers": "fills weights with numbers",
    "keras.regularizers": "penalty computed from weights",
    "keras.constraints": "projection of weights",
    "keras.losses": "loss: computes on tensors",
    "keras.metrics": "metric: computes on tensors",
    "keras.optimizers": "optimizer: updates weights",
    "keras.optimizers.schedules": "learning rate computed from the step",
    "keras.dtype_policies": "names the types of numbers",
    "keras.quantizers": "rounds tensors",
    "keras.random": "random numbers",
}
FUNCTIONS = {
    "keras.activations": "activation: computes on a tensor",
    "keras.losses": "loss: computes on tensors",
    "keras.metrics": "metric: computes on tensors",
}
# Names by which a configuration calls the functions of keras.losses and keras.metrics.
SHORT = {"keras.losses": "mse MSE mae MAE mape MAPE msle MSLE kld KLD bce BCE logcosh cosine_similarity kl_divergence kullback_leibler_divergence",
         "keras.metrics": "mse MSE mae MAE mape MAPE msle MSLE acc ACC accuracy crossentropy ce bce BCE AUC cosine_similarity cosine_proximity"}
SPEC = "shape and type of a tensor"
OLDER = [
    ("Keras 2 and the Keras of TensorFlow: what is spelled or placed differently there", [
        ("keras.src.engine.functional", "Functional", "model made of layers"),
        ("keras.src.engine.sequential", "Sequential", "model made of layers"),
        ("keras.src.engine.training", "Model", "model made of layers"),
        ("keras.engine.functional", "Functional", "model made of layers"),
        ("keras.engine.sequential", "Sequential", "model made of layers"),
        ("keras.engine.training", "Model", "model made of layers"),
        ("keras.src.models.functional", "Functional", "model made of layers"),
        ("keras.src.models.sequential", "Sequential", "model made of layers"),
        ("keras.src.models.model", "Model", "model made of layers"),
        ("keras.src.ops.function", "Function", "chain of operations"),
        ("keras.layers", "Functional", "model made of layers, as a layer"),
        ("keras.engine.input_layer", "InputLayer", "names an input"),
        ("keras.src.engine.input_layer", "InputLayer", "names an input"),
        *[("keras.layers", name, "layer: computes on tensors") for name in (
            "CuDNNGRU", "CuDNNLSTM", "LocallyConnected1D", "LocallyConnected2D", "ThresholdedReLU", "BatchNormalizationV1",
            "BatchNormalizationV2", "SyncBatchNormalization", "DenseFeatures", "LSTMV2", "GRUV2", "Merge", "Highway",
            "MaxoutDense", "AtrousConvolution1D", "AtrousConvolution2D", "Convolution1D", "Convolution2D", "Convolution3D",
            "Deconvolution2D", "RandomHeight", "RandomWidth", "KerasTensor", "AddMetric", "AddLoss", "Softmax", "PeepholeLSTMCell",
            "StackedRNNCells", "AbstractRNNCell", "ExperimentalPeepholeLSTMCell")],
        *[("keras.initializers", name, "fills weights with numbers") for name in (
            "VarianceScaling", "GlorotUniformV2", "GlorotNormalV2", "HeNormalV2", "HeUniformV2", "LecunNormalV2", "LecunUniformV2",
            "RandomNormalV2", "RandomUniformV2", "TruncatedNormalV2", "ZerosV2", "OnesV2", "ConstantV2", "IdentityV2",
            "OrthogonalV2", "VarianceScalingV2")],
        *[("keras.optimizers", name, "optimizer: updates weights") for name in (
            "TFOptimizer", "LearningRateSchedule", "Ftrl", "LossScaleOptimizerV1", "LossScaleOptimizerV3")],
        *[(module, name, "learning rate computed from the step") for module in
          ("keras.optimizers.schedules", "keras.optimizers.legacy.learning_rate_schedule") for name in
          ("ExponentialDecay", "PiecewiseConstantDecay", "PolynomialDecay", "InverseTimeDecay", "CosineDecay", "CosineDecayRestarts")],
        *[("keras.optimizers.legacy", name, "optimizer: updates weights") for name in
          ("Adadelta", "Adagrad", "Adam", "Adamax", "Ftrl", "Nadam", "RMSprop", "SGD")],
        ("keras.mixed_precision", "Policy", "names the types of numbers"),
        ("keras.mixed_precision", "LossScaleOptimizer", "optimizer: updates weights"),
        ("keras.mixed_precision", "PolicyV1", "names the types of numbers"),
        ("keras.src.mixed_precision.policy", "Policy", "names the types of numbers"),
        ("keras.regularizers", "L1L2", "penalty computed from weights"),
        ("keras.losses", "LossFunctionWrapper", "loss of a named function"),
        ("keras.metrics", "MeanMetricWrapper", "metric of a named function"),
        ("keras.src.losses.losses", "LossFunctionWrapper", "loss of a named function"),
        ("keras.src.metrics.reduction_metrics", "MeanMetricWrapper", "metric of a named function"),
        ("keras.src.trainers.compile_utils", "MetricsList", "list of metrics"),
        ("keras.trainers.compile_utils", "MetricsList", "list of metrics"),
        ("keras.src.backend.common.keras_tensor", "KerasTensor", "shape and type of a tensor"),
        ("keras.src.dtype_policies.dtype_policy_map", "DTypePolicyMap", "names the types of numbers"),
        ("keras.utils", "FeatureSpace", "lists the features of a table"),
        ("keras.src.layers.preprocessing.feature_space", "Feature", "a feature of a table"),
        ("keras.src.layers.preprocessing.feature_space", "Cross", "a cross of features"),
    ]),
    ("Functions of TensorFlow in a functional model (TFOpLambda, SlicingOpLambda): arithmetic alone, never files", [
        ("keras.layers", "TFOpLambda", "a function of TensorFlow, which is listed itself"),
        ("keras.layers", "SlicingOpLambda", "a slice of a tensor"),
        ("keras.src.layers.core.tf_op_layer", "TFOpLambda", "a function of TensorFlow, which is listed itself"),
        ("keras.src.layers.core.tf_op_layer", "SlicingOpLambda", "a slice of a tensor"),
        *[("tensorflow." + group if group else "tensorflow", name, "arithmetic on tensors") for group, names in {
            "": "add subtract multiply divide cast concat expand_dims squeeze reshape transpose stack unstack split shape rank where "
                "zeros_like ones_like fill tile gather gather_nd matmul einsum abs exp square sqrt maximum minimum clip_by_value range "
                "one_hot slice strided_slice pad reverse broadcast_to repeat identity norm reduce_mean reduce_sum reduce_max "
                "reduce_min reduce_prod argmax argmin equal greater less convert_to_tensor stop_gradient boolean_mask",
            "math": "add subtract multiply divide truediv floordiv floormod pow exp log log1p sqrt rsqrt square abs negative sigmoid "
                    "tanh sin cos erf maximum minimum reduce_mean reduce_sum reduce_max reduce_min reduce_prod reduce_std "
                    "reduce_variance reduce_any reduce_all argmax argmin l2_normalize softmax softplus equal not_equal greater "
                    "greater_equal less less_equal logical_and logical_or logical_not top_k cumsum reduce_euclidean_norm "
                    "squared_difference divide_no_nan floor ceil round sign multiply_no_nan scalar_mul",
            "nn": "relu relu6 leaky_relu elu selu gelu silu swish sigmoid softmax log_softmax softplus tanh l2_normalize dropout "
                  "avg_pool max_pool conv2d depthwise_conv2d bias_add moments space_to_depth depth_to_space top_k "
                  "batch_normalization local_response_normalization",
            "linalg": "matmul norm l2_normalize band_part diag transpose",
            "image": "resize per_image_standardization rgb_to_grayscale grayscale_to_rgb flip_left_right flip_up_down",
            "compat.v1": "shape gather squeeze transpose pad",
            "compat.v1.image": "resize resize_bilinear resize_nearest_neighbor",
            "__operators__": "add getitem eq ne",
        }.items() for name in names.split()],
    ]),
    ("Shapes and types that TensorFlow writes", [
        ("tensorflow.python.framework.tensor_spec", "TensorSpec", SPEC),
        ("tensorflow.python.framework.tensor", "TensorSpec", SPEC),
        ("tensorflow.python.framework.sparse_tensor", "SparseTensorSpec", SPEC),
        ("tensorflow.python.ops.ragged.ragged_tensor", "RaggedTensorSpec", SPEC),
        *[("tensorflow", name, SPEC) for name in ("TensorSpec", "SparseTensorSpec", "RaggedTensorSpec", "IndexedSlicesSpec")],
    ]),
    ("Optimizers of Keras 2.11 to 2.15, which register themselves as if they were one's own", [
        ("Custom", name, "optimizer: updates weights")
        for name in ("Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lion", "Nadam", "RMSprop", "SGD")
    ]),
    ("Optimizers as Keras on PyTorch names them", [
        (f"keras.src.backend.torch.optimizers.torch_{name.lower()}", name, "optimizer: updates weights")
        for name in ("Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "Lion", "Nadam", "RMSprop", "SGD")
    ]),
]


def exported(module):
    loaded = importlib.import_module(module) if module != "keras" else keras
    return [(name, getattr(loaded, name)) for name in sorted(dir(loaded)) if not name.startswith("_") and name not in LEFT_OUT]


def operations():
    """Operations that a functional model of Keras 3 is made of besides layers."""
    for package in ("keras.src.ops", "keras.src.layers.activations", "keras.src.random"):
        for found in pkgutil.iter_modules(importlib.import_module(package).__path__, package + "."):
            if found.name.endswith("_test"):
                continue
            for name, thing in inspect.getmembers(importlib.import_module(found.name), inspect.isclass):
                if issubclass(thing, Operation) and thing.__module__ == found.name and name not in LEFT_OUT:
                    yield found.name, name, "operation: computes on tensors"


def rows():
    seen = set()

    def fresh(found):
        for row in found:
            if row[:2] not in seen:
                seen.add(row[:2])
                yield row

    yield "Classes of Keras 3", list(fresh((module, name, reason) for module, reason in CLASSES.items()
                                           for name, thing in exported(module)
                                           if inspect.isclass(thing) and hasattr(thing, "from_config")))
    functions = [(module, name, reason) for module, reason in FUNCTIONS.items() for name, thing in exported(module)
                 if inspect.isfunction(thing)]
    functions += [(module, name, "short name of a function") for module, names in SHORT.items() for name in names.split()]
    yield "Functions of Keras", list(fresh(functions))
    yield "Operations of functional models", list(fresh(operations()))
    for title, older in OLDER:
        yield title, list(fresh(older))


print(HEAD.format(version=keras.__version__), end="")
for title, found in rows():
    print(f"\n# {title}")
    for module, name, reason in found:
        print(module, name, "config", reason)
