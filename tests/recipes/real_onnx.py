#!/usr/bin/env python3
"""real_onnx.py FOLDER: honest models as the public onnx library writes them, one subject each; prints their paths. Every one of
them is allowed under builtin:baseline. Needs the onnx package.

    python3 tests/recipes/real_onnx.py FOLDER | xargs build/release/gate/headgate check
"""
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOATS = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 64])
RESULT = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", "width"])


def _model(nodes, initializers, name="net", **more):
    graph = helper.make_graph(nodes, name, [FLOATS], [RESULT], initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)] + more.pop("opsets", []), **more)


def _weights(name, *shape):
    return numpy_helper.from_array(np.random.default_rng(7).standard_normal(shape).astype(np.float32), name)


def perceptron():
    nodes = [helper.make_node("MatMul", ["x", "w"], ["h"]), helper.make_node("Relu", ["h"], ["y"])]
    return _model(nodes, [_weights("w", 64, 128)])


def branches():
    """A graph in an attribute of a node, with a constant of its own."""
    def branch(name, value):
        constant = helper.make_node("Constant", [], [name], value=helper.make_tensor(name, TensorProto.FLOAT, [1], [value]))
        return helper.make_graph([constant], name, [], [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1])])
    nodes = [helper.make_node("ReduceMax", ["x"], ["m"], keepdims=0), helper.make_node("Greater", ["m", "zero"], ["c"]),
             helper.make_node("If", ["c"], ["y"], then_branch=branch("a", 1.0), else_branch=branch("b", 0.0))]
    return _model(nodes, [numpy_helper.from_array(np.float32(0), "zero")])


def functions():
    """Functions of the model's own, in a domain of its own, one of which calls the other."""
    inner = helper.make_function("lab.example", "Scale", ["a"], ["b"], [helper.make_node("Add", ["a", "a"], ["b"])], [helper.make_opsetid("", 21)])
    outer = helper.make_function("lab.example", "Block", ["a"], ["c"], [helper.make_node("Scale", ["a"], ["b"], domain="lab.example"),
                                 helper.make_node("Relu", ["b"], ["c"])], [helper.make_opsetid("", 21), helper.make_opsetid("lab.example", 1)])
    return _model([helper.make_node("Block", ["x"], ["y"], domain="lab.example")], [], functions=[inner, outer],
                  opsets=[helper.make_opsetid("lab.example", 1)])


def types():
    """Every element type that has an array or a raw form, text and sparse tensors too."""
    tensors = [numpy_helper.from_array(np.zeros((3, 2), dtype), str(dtype)) for dtype in ("float64", "int8", "uint16", "int64", "bool", "float16", "complex64")]
    tensors += [helper.make_tensor(f"t{kind}", kind, [3], [1, 0, 1]) for kind in (TensorProto.INT4, TensorProto.UINT4, TensorProto.BFLOAT16,
                                                                                 TensorProto.FLOAT8E4M3FN, TensorProto.INT32, TensorProto.UINT64)]
    tensors.append(helper.make_tensor("words", TensorProto.STRING, [2], ["a", "b"]))
    model = _model([helper.make_node("Identity", ["x"], ["y"])], tensors)
    values = helper.make_tensor("s", TensorProto.FLOAT, [2], [1, 2])
    model.graph.sparse_initializer.append(helper.make_sparse_tensor(values, helper.make_tensor("i", TensorProto.INT64, [2], [1, 3]), [9]))
    model.metadata_props.append(onnx.StringStringEntryProto(key="author", value="nobody"))
    return model


def classifier():
    """An operator of ai.onnx.ml."""
    node = helper.make_node("Scaler", ["x"], ["y"], domain="ai.onnx.ml", offset=[0.0], scale=[2.0])
    return _model([node], [], opsets=[helper.make_opsetid("ai.onnx.ml", 3)])


def make(folder):
    paths = []
    for maker in (perceptron, branches, functions, types, classifier):
        paths.append(os.path.join(folder, maker.__name__ + ".onnx"))
        onnx.save(maker(), paths[-1])
        onnx.checker.check_model(paths[-1])
    nodes = [helper.make_node("MatMul", ["x", "a"], ["h"]), helper.make_node("MatMul", ["h", "b"], ["y"])]
    for name, options in (("one-file", {"location": "weights.bin"}), ("a-file-each", {"all_tensors_to_one_file": False})):
        paths.append(os.path.join(folder, name))
        os.makedirs(paths[-1], exist_ok=True)
        onnx.save(_model(nodes, [_weights("a", 64, 4096), _weights("b", 4096, 64)]), os.path.join(paths[-1], "model.onnx"), save_as_external_data=True, **options)
    # Over what is held in memory at once: read in ranges.
    paths.append(os.path.join(folder, "large.onnx"))
    onnx.save(_model(nodes, [_weights("a", 64, 160_000), _weights("b", 160_000, 64)]), paths[-1])
    return paths


if __name__ == "__main__":
    print("\n".join(make(sys.argv[1])))
