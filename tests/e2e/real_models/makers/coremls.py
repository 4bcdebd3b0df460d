"""CoreML by coremltools: a neural network, an ML Program in its package, trees, a pipeline."""

import coremltools
import numpy as np
from coremltools.converters.mil import Builder
from coremltools.models import datatypes
from coremltools.models.neural_network import NeuralNetworkBuilder
from coremltools.models.pipeline import PipelineRegressor
from coremltools.models.tree_ensemble import TreeEnsembleRegressor

DISTRIBUTIONS = ["coremltools"]
RNG = np.random.default_rng(0)


def program():
    weight, bias = RNG.normal(size=(30, 40)).astype(np.float32), RNG.normal(size=30).astype(np.float32)

    @Builder.program(input_specs=[Builder.TensorSpec(shape=(1, 40))])
    def made(x):
        return Builder.softmax(x=Builder.relu(x=Builder.linear(x=x, weight=weight, bias=bias)), axis=-1)

    return made


def network():
    builder = NeuralNetworkBuilder([("x", datatypes.Array(4))], [("y", datatypes.Array(2))])
    builder.add_inner_product("dense", RNG.normal(size=(2, 4)), RNG.normal(size=2), 4, 2, True, "x", "h")
    builder.add_activation("relu", "RELU", "h", "y")
    return builder.spec


def trees():
    inputs = [("x", datatypes.Double()), ("z", datatypes.Double())]
    ensemble = TreeEnsembleRegressor(inputs, "y")
    ensemble.set_default_prediction_value(0.0)
    ensemble.add_branch_node(0, 0, 0, 0.5, "BranchOnValueLessThanEqual", 1, 2)
    ensemble.add_leaf_node(0, 1, 1.0)
    ensemble.add_leaf_node(0, 2, 2.0)
    return inputs, ensemble.spec


def make(maker):
    for name, target in (("iOS 15", coremltools.target.iOS15), ("iOS 18", coremltools.target.iOS18)):
        file = f"program-{name.replace(' ', '')}.mlpackage"
        coremltools.convert(program(), convert_to="mlprogram", minimum_deployment_target=target).save(maker.place(file))
        maker.row(f"ML Program for {name}", file, "coreml_package_path")
    coremltools.utils.save_spec(network(), maker.place("network.mlmodel"))
    maker.row("neural network", "network.mlmodel", "coreml_layer")
    inputs, spec = trees()
    coremltools.utils.save_spec(spec, maker.place("trees.mlmodel"))
    maker.row("trees", "trees.mlmodel", "coreml_linked")
    pipeline = PipelineRegressor(inputs, ["y"])
    pipeline.add_model(spec)
    coremltools.utils.save_spec(pipeline.spec, maker.place("pipeline.mlmodel"))
    maker.row("pipeline", "pipeline.mlmodel", "coreml_inner_custom")
