"""plant_programs.py: gadgets in models that are programs or name what runs them: CatBoost, CoreML, Paddle, TorchServe. See plant.py."""

import json
import os
import shutil
import struct

from plant import ALONE, Expected, members_of, read, rewritten, write


def catboost_trailing(source, target):
    write(target, read(source) + ALONE)
    return Expected(("catboost.trailing-data",), f"{len(ALONE)} bytes follow", offset=os.path.getsize(source))


def catboost_leaf(source, target):
    """The first leaf of a tree that is no mirror image, far behind the last one."""
    data = bytearray(read(source))
    root = 8 + struct.unpack_from("<I", data, 8)[0]

    def field(table, number):
        vtable = table - struct.unpack_from("<i", data, table)[0]
        place = table + struct.unpack_from("<H", data, vtable + 4 + 2 * number)[0]
        return place + struct.unpack_from("<I", data, place)[0]

    leaf_of = field(field(root, 1), 11)
    count = struct.unpack_from("<I", data, leaf_of)[0]
    index = next(i for i in range(count) if struct.unpack_from("<I", data, leaf_of + 4 + 4 * i)[0] == 0)
    struct.pack_into("<I", data, leaf_of + 4 + 4 * index, 0x7FFFFFF0)
    write(target, bytes(data))
    return Expected(("catboost.malformed",), "a leaf that is not there")


def changed_coreml(source, target, change):
    from coremltools.proto import Model_pb2

    model = Model_pb2.Model()
    model.ParseFromString(read(source))
    change(model)
    write(target, model.SerializeToString())


def coreml_layer(source, target):
    def change(model):
        layer = model.neuralNetwork.layers[-1]
        layer.ClearField("activation")
        layer.custom.className = "RunProgram"

    changed_coreml(source, target, change)
    return Expected(("serialization.unknown-operator",), "coreml:custom.RunProgram")


def coreml_linked(source, target):
    def change(model):
        model.linkedModel.linkedModelFile.linkedModelFileName.defaultValue = "other.mlmodelc"
        model.linkedModel.linkedModelFile.linkedModelSearchPath.defaultValue = "/tmp"

    changed_coreml(source, target, change)
    return Expected(("coreml.linked-model",), '"other.mlmodelc" in "/tmp"')


def coreml_inner_custom(source, target):
    def change(model):
        model.pipelineRegressor.pipeline.models[0].customModel.className = "RunProgram"

    changed_coreml(source, target, change)
    return Expected(("serialization.unknown-operator",), "coreml:custom.RunProgram")


def coreml_package_path(source, target):
    shutil.copytree(source, target, dirs_exist_ok=True)
    inner = "Data/com.apple.CoreML/model.mlmodel"

    def change(model):
        block = next(iter(model.mlProgram.functions["main"].block_specializations.values()))
        for operation in block.operations:
            if operation.attributes["val"].HasField("blobFileValue"):
                operation.attributes["val"].blobFileValue.fileName = "@model_path/../../../../etc/passwd"
                return
        raise ValueError("the program keeps no values beside it")

    changed_coreml(f"{source}/{inner}", f"{target}/{inner}", change)
    return Expected(("coreml.weights-path",), "etc/passwd", path=inner)


def same_length(data, before, after):
    """Of a protobuf text: nothing else moves."""
    if len(before) != len(after) or before not in data:
        raise ValueError(f"{before} is not there once")
    return data.replace(before, after, 1)


def paddle_operator(source, target):
    """matmul_v2 and elementwise_add are what a Linear becomes; py_func is as long as softmax."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    write(f"{target}/model.pdmodel", same_length(read(f"{source}/model.pdmodel"), b"\x1a\x07softmax", b"\x1a\x07py_func"))
    return Expected(("serialization.dangerous-operator",), "paddle:py_func", path="model.pdmodel")


def paddle_pir_operator(source, target):
    shutil.copytree(source, target, dirs_exist_ok=True)
    text = read(f"{source}/model.json").replace(b'"1.softmax"', b'"3.run_program_of_mine"')
    json.loads(text)
    write(f"{target}/model.json", text)
    return Expected(("serialization.unknown-operator",), "paddle:custom_op.run_program_of_mine", path="model.json")


def paddle_trailing(source, target):
    write(target, read(source) + ALONE)
    return Expected(("paddle.malformed",), "", offset=os.path.getsize(source))


def changed_mar(source, target, change, more):
    members = []
    for item, data in members_of(source):
        if item.filename == "MAR-INF/MANIFEST.json":
            document = json.loads(data)
            change(document["model"])
            data = json.dumps(document).encode()
        members.append((item, data))
    rewritten(target, members + more)


def mar_handler(source, target):
    """A function of Python's own, which no member of the archive is."""
    changed_mar(source, target, lambda model: model.update(handler="os:system"), [])
    return Expected(("mar.missing-member",), "os:system", "MAR-INF/MANIFEST.json")


def mar_code(source, target):
    changed_mar(source, target, lambda model: model.update(handler="own.py"), [("own.py", b"import os\nos.system('true')\n")])
    return Expected(("serialization.code-file",), "own.py", "own.py")
