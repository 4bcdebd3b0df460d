#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets of model formats on protobuf (onnx, tensorflow, coreml, paddle) into tests/fuzz/seeds/."""
import pathlib
import struct
import sys

ROOT = pathlib.Path(__file__).parent
sys.path.insert(0, str(ROOT.parent / "recipes"))
from protobuf import number, onnx_model, onnx_node, onnx_tensor, part, tf_graph, tf_node, tf_saved_model, varint  # noqa: E402


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

CALL = tf_node("StatefulPartitionedCall", part(5, part(1, "f") + part(2, part(10, part(1, "inner") + part(2, part(1, "g") + part(2, part(9, "x")))))))
GRAPH = tf_graph([tf_node("Placeholder"), CALL, tf_node("PrintV2", part(5, part(1, "output_stream") + part(2, part(2, "stderr"))))], [("inner", "MatMul")])
DENSE = '{"class_name": "Dense", "config": {"units": 2}}'
OBJECT = part(7, part(1, part(4, part(1, "_tf_keras_layer") + part(3, DENSE))))
write("tensorflow", "saved_model", tf_saved_model(GRAPH, part(6, part(1, part(1, "c:0")) + part(2, "vocabulary.txt")) + OBJECT))
write("tensorflow", "graph", GRAPH)
write("tensorflow", "keras_metadata", part(1, number(2, 1) + part(3, "root") + part(4, "_tf_keras_layer") + part(5, DENSE)))
write("tensorflow", "fingerprint", number(1, 7) + part(6, number(1, 1)) + part(7, "uuid"))


def masked_crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def sorted_table(entries):
    table = b""

    def append(rows):
        nonlocal table
        block = b"".join(varint(0) + varint(len(key)) + varint(len(value)) + key + value for key, value in rows) + struct.pack("<II", 0, 1)
        handle = varint(len(table)) + varint(len(block))
        table += block + b"\0" + struct.pack("<I", masked_crc32c(block + b"\0"))
        return handle
    data = append(entries)
    meta = append([])
    return table_end(meta + append([(entries[-1][0], data)]), lambda: table)


def table_end(handles, table):
    return table() + handles.ljust(40, b"\0") + bytes.fromhex("57fb808b247547db")


ENTRY = number(1, 1) + part(2, part(2, number(1, 4))) + number(5, 16) + varint(6 << 3 | 5) + bytes(4)
write("tensorflow", "checkpoint", sorted_table([(b"", number(1, 1) + part(3, number(1, 1))), (b"kernel", ENTRY)]))


def coreml(kind, content):
    return number(1, 7) + part(2, part(1, part(1, "x"))) + part(kind, content)


def coreml_program(*operations):
    block = b"".join(part(3, operation) for operation in operations)
    return number(1, 1) + part(2, part(1, "main") + part(2, part(2, "CoreML6") + part(3, part(1, "CoreML6") + part(2, block))))


CLASS = part(5, part(1, "class_name") + part(2, part(3, part(1, part(4, part(1, "MyOp"))))))
BLOB = part(5, part(1, "val") + part(2, part(5, part(1, "@model_path/weights/weight.bin") + number(2, 64))))
write("coreml", "program", coreml(502, coreml_program(part(1, "const") + BLOB, part(1, "relu"), part(1, "custom_layer") + CLASS)))
write("coreml", "network", coreml(500, part(1, part(1, "a") + part(230, b"")) + part(1, part(1, "c") + part(500, part(10, "MyLayer")))))
write("coreml", "pipeline", coreml(202, part(1, coreml(555, part(10, "MyModel"))) + part(1, coreml(900, b"")) + part(2, "a")))
write("coreml", "linked", coreml(556, part(1, part(1, part(1, "other")) + part(2, part(1, "folder")))))
write("coreml", "weights", struct.pack("<II", 1, 2) + bytes(56) + struct.pack("<IIQQ", 0xDEADBEEF, 2, 4, 128) + bytes(40) + b"abcd")

BLOCK = number(1, 0) + number(2, 2**64 - 1) + part(3, part(1, "x") + part(2, number(1, 7) + part(3, part(1, number(1, 5) + number(2, 4)))))
OPERATOR = part(1, part(1, "X") + part(2, "x")) + part(3, "relu") + part(4, part(1, "alpha") + number(2, 6) + number(10, 1))
write("paddle", "program", part(1, BLOCK + part(4, OPERATOR) + part(4, part(3, "py_func"))) + part(4, number(1, 0)))
TENSOR = bytes(16) + struct.pack("<I", 4) + number(1, 5) + number(2, 2) + b"abcdefgh"
write("paddle", "params", TENSOR + TENSOR)
write("paddle", "offsets", struct.pack("<IQQQ", 0, 1, 8, 0) + TENSOR[12:])
