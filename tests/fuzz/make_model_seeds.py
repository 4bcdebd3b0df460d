#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets of model formats on protobuf (onnx) into tests/fuzz/seeds/."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).parent
sys.path.insert(0, str(ROOT.parent / "recipes"))
from protobuf import number, onnx_model, onnx_node, onnx_tensor, part  # noqa: E402


def write(target, name, data):
    folder = ROOT / "seeds" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


write("onnx", "inside", onnx_model([onnx_node("Identity")], [onnx_tensor("w")]))
write("onnx", "outside", onnx_model([onnx_node("Identity")], [onnx_tensor("w", raw=None)]))
BRANCH = part(1, onnx_node("Gelu", "com.microsoft")) + part(5, onnx_tensor("b"))
write("onnx", "graphs", onnx_model([onnx_node("If", "", part(5, part(1, "then") + part(6, BRANCH) + number(20, 5)) + part(5, part(11, BRANCH)))],
                                   more=part(20, part(1, BRANCH) + part(2, BRANCH))))
FUNCTION = part(1, "Outer") + part(7, onnx_node("Inner", "lab.example")) + part(10, "lab.example")
INNER = part(1, "Inner") + part(7, onnx_node("Relu")) + part(10, "lab.example") + part(11, part(5, onnx_tensor("c")))
write("onnx", "functions", onnx_model([onnx_node("Outer", "lab.example")], more=part(25, FUNCTION) + part(25, INNER)))
ARRAYS = b"".join([part(5, number(1, 2) + number(2, 7) + part(7, b"\x01\x02")), part(5, number(1, 3) + number(2, 22) + part(5, b"\x01\x02")),
                   part(5, number(2, 8) + part(6, "text")), part(15, part(1, onnx_tensor("v")) + part(2, onnx_tensor("i")) + number(3, 4))])
write("onnx", "arrays", number(1, 8) + part(7, ARRAYS) + part(8, number(2, 17)))
