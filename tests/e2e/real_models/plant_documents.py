"""plant_documents.py: gadgets in what a format says of itself: a template, an index, a configuration, a graph. See plant.py."""

import json
import os
import shutil

from plant import ALONE, Expected, members_of, read, rewritten, write


def safetensors_trailing(source, target):
    write(target, read(source) + ALONE)
    return Expected(("safetensors.*",), "")


def copied(source, target):
    shutil.copytree(source, target, dirs_exist_ok=True)


def changed_json(path, change):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    change(document)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2)


def index_outside(source, target):
    copied(source, target)

    def change(document):
        document["weight_map"][next(iter(document["weight_map"]))] = "../../etc/passwd"

    changed_json(f"{target}/model.safetensors.index.json", change)
    return Expected(("safetensors-index.*",), "../../etc/passwd", path="model.safetensors.index.json")


DUNDER = "{{ ''.__class__.__mro__ }}"


def folder_template(source, target):
    copied(source, target)
    name = "chat_template.jinja" if os.path.exists(f"{target}/chat_template.jinja") else ""
    if name:
        write(f"{target}/{name}", DUNDER.encode() + read(f"{target}/{name}"))
    else:
        name = "tokenizer_config.json" if os.path.exists(f"{target}/tokenizer_config.json") else "chat_template.jinja"
        if name.endswith("json"):
            changed_json(f"{target}/{name}", lambda document: document.update(chat_template=DUNDER))
        else:
            write(f"{target}/{name}", DUNDER.encode())
    return Expected(("chat-template.*", "template.*"), "__class__", path=name)


def folder_auto_map(source, target):
    copied(source, target)
    changed_json(f"{target}/config.json", lambda document: document.update(auto_map={"AutoModel": "modeling_own.OwnModel"}))
    write(f"{target}/modeling_own.py", b"import os\nos.system('true')\n")
    return Expected(("hub.*", "config.*", "serialization.*"), "auto_map", path="config.json")


def folder_code(source, target):
    copied(source, target)
    write(f"{target}/modeling_own.py", b"import os\nos.system('true')\n")
    return Expected(("serialization.code-file",), "modeling_own.py", path="modeling_own.py")


def gguf_trailing(source, target):
    write(target, read(source) + ALONE)
    return Expected(("gguf.*",), "")


def gguf_template(source, target):
    """The same length, so that nothing else moves."""
    data = read(source)
    start = data.index(b"{% for message in messages %}")
    write(target, data[:start] + DUNDER.encode() + b" " * (29 - len(DUNDER)) + data[start + 29 :])
    return Expected(("chat-template.*", "template.*", "gguf.*"), "__class__")


def onnx_external(source, target):
    import onnx

    file = f"{source}/model.onnx" if os.path.isdir(source) else source
    model = onnx.load(file, load_external_data=False)
    weight = model.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.ClearField("external_data")
    weight.data_location = onnx.TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="../../etc/passwd")
    if os.path.isdir(source):
        copied(source, target)
        write(f"{target}/model.onnx", model.SerializeToString())
        return Expected(("onnx.*",), "../../etc/passwd", path="model.onnx")
    write(target, model.SerializeToString())
    return Expected(("onnx.*",), "../../etc/passwd")


def onnx_domain(source, target):
    import onnx

    model = onnx.load(source)
    node = model.graph.node[0]
    node.domain, node.op_type = "example.custom", "RunProgram"
    model.opset_import.add(domain="example.custom", version=1)
    write(target, model.SerializeToString())
    return Expected(("onnx.*", "serialization.*"), "example.custom")


def first_layer_to_lambda(document):
    layers = document["config"]["layers"]
    layer = layers[1] if len(layers) > 1 else layers[0]
    layer["class_name"] = "Lambda"
    layer["config"] = {
        "name": layer["config"]["name"],
        "function": {"class_name": "__lambda__", "config": {"code": "4wA=", "defaults": None, "closure": None}},
    }


def keras_lambda(source, target):
    members = []
    for item, data in members_of(source):
        if item.filename == "config.json":
            document = json.loads(data)
            first_layer_to_lambda(document)
            data = json.dumps(document).encode()
        members.append((item, data))
    rewritten(target, members)
    return Expected(("keras.*", "serialization.*"), "Lambda", "config.json")


def h5_lambda(source, target):
    import h5py

    shutil.copyfile(source, target)
    with h5py.File(target, "r+") as file:
        document = json.loads(file.attrs["model_config"])
        first_layer_to_lambda(document)
        file.attrs["model_config"] = json.dumps(document)
    return Expected(("keras.*", "serialization.*"), "Lambda", "model_config")


def h5_external(source, target):
    import h5py

    shutil.copyfile(source, target)
    with h5py.File(target, "r+") as file:
        file["elsewhere"] = h5py.ExternalLink("../../etc/passwd", "/")
    return Expected(("hdf5.*",), "../../etc/passwd")


def skops_type(source, target):
    members = []
    for item, data in members_of(source):
        if item.filename == "schema.json":
            document = json.loads(data)
            document["__class__"], document["__module__"], document["__loader__"] = "system", "posix", "TypeNode"
            data = json.dumps(document).encode()
        members.append((item, data))
    rewritten(target, members)
    return Expected(("skops.*", "serialization.*"), "posix.system", "schema.json")
