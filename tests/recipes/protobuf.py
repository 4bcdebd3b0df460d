"""protobuf.py: protobuf messages written field by field, and small models of such: an ONNX model with one node."""


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def part(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def onnx_node(op, domain="", more=b""):
    return part(1, "x") + part(2, "y") + part(4, op) + (part(7, domain) if domain else b"") + more


def onnx_tensor(name, values=4, raw=bytes(16)):
    """A TensorProto of FLOATs; with raw=None its values are the first bytes of weights.bin."""
    there = part(9, raw) if raw is not None else b"".join(
        part(13, part(1, key) + part(2, value)) for key, value in (("location", "weights.bin"), ("offset", "0"), ("length", str(4 * values)))) + number(14, 1)
    return number(1, values) + number(2, 1) + part(8, name) + there


def onnx_model(nodes, tensors=(), more=b""):
    graph = b"".join(part(1, node) for node in nodes) + part(2, "g") + b"".join(part(5, tensor) for tensor in tensors)
    return number(1, 8) + part(2, "a tool") + part(7, graph) + part(8, part(1, "") + number(2, 17)) + more


def tf_node(op, more=b""):
    return part(1, "n") + part(2, op) + more


def tf_graph(nodes, functions=()):
    """GraphDef; functions are (name, op of its one node)."""
    library = b"".join(part(1, part(1, part(1, name)) + part(3, tf_node(op))) for name, op in functions)
    return b"".join(part(1, node) for node in nodes) + (part(2, library) if library else b"") + part(4, number(1, 1000))


def tf_saved_model(graph, more=b""):
    return number(1, 1) + part(2, part(1, part(4, "serve")) + part(2, graph) + more)
