"""ONNX: opsets, initialisers inside and outside, subgraphs, functions."""

import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

DISTRIBUTIONS = ["onnx"]
FLOATS = TensorProto.FLOAT


def model(opset, **rest):
    weight = numpy_helper.from_array(np.ones((4, 2), dtype=np.float32), "weight")
    node = [helper.make_node("MatMul", ["x", "weight"], ["h"]), helper.make_node("Relu", ["h"], ["y"])]
    graph = helper.make_graph(
        node,
        "graph",
        [helper.make_tensor_value_info("x", FLOATS, ["batch", 4])],
        [helper.make_tensor_value_info("y", FLOATS, ["batch", 2])],
        [weight],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="headgate-tests", **rest)


def branching():
    value = helper.make_tensor_value_info("z", FLOATS, [2])
    then, other = (
        helper.make_graph(
            [helper.make_node("Constant", [], ["z"], value=numpy_helper.from_array(np.full(2, n, dtype=np.float32)))],
            f"branch{n}",
            [],
            [value],
        )
        for n in (1, 2)
    )
    node = helper.make_node("If", ["c"], ["y"], then_branch=then, else_branch=other)
    graph = helper.make_graph(
        [node],
        "graph",
        [helper.make_tensor_value_info("c", TensorProto.BOOL, [])],
        [helper.make_tensor_value_info("y", FLOATS, [2])],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


def own_function():
    """As exporters write functions of a library of theirs: under a domain that no runtime brings."""
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("pkg.headgate.tests", 1)]
    body = [helper.make_node("Neg", ["x"], ["y"])]
    function = helper.make_function("pkg.headgate.tests", "Gelu", ["x"], ["y"], body, opsets[:1])
    graph = helper.make_graph(
        [helper.make_node("Gelu", ["x"], ["y"], domain="pkg.headgate.tests")],
        "graph",
        [helper.make_tensor_value_info("x", FLOATS, [3])],
        [helper.make_tensor_value_info("y", FLOATS, [3])],
    )
    return helper.make_model(graph, functions=[function], opset_imports=opsets)


def trees():
    attributes = {
        "n_targets": 1,
        "nodes_treeids": [0],
        "nodes_nodeids": [0],
        "nodes_modes": ["LEAF"],
        "nodes_featureids": [0],
        "nodes_values": [0.0],
        "nodes_truenodeids": [0],
        "nodes_falsenodeids": [0],
        "target_ids": [0],
        "target_nodeids": [0],
        "target_treeids": [0],
        "target_weights": [1.0],
    }
    node = helper.make_node("TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml", **attributes)
    graph = helper.make_graph(
        [node],
        "trees",
        [helper.make_tensor_value_info("x", FLOATS, [1, 1])],
        [helper.make_tensor_value_info("y", FLOATS, [1, 1])],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)])


def make(maker):
    for opset in (9, 13, 18, 21):
        onnx.save(model(opset), maker.place(f"opset{opset}.onnx"))
        maker.row(f"opset {opset}", f"opset{opset}.onnx", "onnx_external")
    onnx.save(branching(), maker.place("branches.onnx"))
    maker.row("branches", "branches.onnx", "onnx_domain")
    onnx.save(own_function(), maker.place("own_function.onnx"))
    maker.row("a function of its own", "own_function.onnx", "onnx_domain")
    onnx.save(trees(), maker.place("trees.onnx"))
    maker.row("trees of ai.onnx.ml", "trees.onnx", "onnx_domain")
    outside = model(18)
    os.makedirs(maker.place("outside"), exist_ok=True)
    onnx.save(
        outside, maker.place("outside/model.onnx"), save_as_external_data=True, location="model.onnx.data", size_threshold=0
    )
    maker.row("weights in a file beside it", "outside", "onnx_external")
