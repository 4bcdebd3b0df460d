"""GGUF by the gguf package: types, chat templates, metadata of every type."""

import gguf
import numpy as np

DISTRIBUTIONS = ["gguf"]
TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def write(path, fill):
    writer = gguf.GGUFWriter(path, "llama")
    fill(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def plain(writer):
    writer.add_context_length(128)
    writer.add_embedding_length(32)
    writer.add_block_count(1)
    writer.add_tensor("token_embd.weight", np.ones((4, 32), dtype=np.float32))
    writer.add_tensor("output.weight", np.ones((4, 32), dtype=np.float16))


def with_tokenizer(writer):
    plain(writer)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(["<s>", "</s>", "a", "ü"])
    writer.add_token_scores([0.0, 0.0, -1.0, -2.0])
    writer.add_token_types([3, 3, 1, 1])
    writer.add_bos_token_id(0)
    writer.add_chat_template(TEMPLATE)


def quantised(writer):
    kinds = [
        gguf.GGMLQuantizationType.Q8_0,
        gguf.GGMLQuantizationType.Q4_0,
        gguf.GGMLQuantizationType.Q5_1,
        gguf.GGMLQuantizationType.BF16,
    ]
    for kind in kinds:
        writer.add_tensor(
            f"blk.0.{kind.name.lower()}", gguf.quants.quantize(np.ones((2, 64), dtype=np.float32), kind), raw_dtype=kind
        )


def every_value(writer):
    plain(writer)
    for name, add in (
        ("uint8", writer.add_uint8),
        ("int8", writer.add_int8),
        ("uint16", writer.add_uint16),
        ("int16", writer.add_int16),
        ("uint32", writer.add_uint32),
        ("int32", writer.add_int32),
        ("uint64", writer.add_uint64),
        ("int64", writer.add_int64),
    ):
        add(f"test.{name}", 7)
    writer.add_float32("test.float32", 0.5)
    writer.add_float64("test.float64", 0.5)
    writer.add_bool("test.bool", True)
    writer.add_array("test.strings", ["a", "b"])
    writer.add_array("test.numbers", [1, 2, 3])
    writer.add_custom_alignment(64)


def make(maker):
    for name, fill in (
        ("plain", plain),
        ("tokenizer and chat template", with_tokenizer),
        ("quantised", quantised),
        ("every type of value", every_value),
    ):
        file = name.replace(" ", "-") + ".gguf"
        write(maker.place(file), fill)
        maker.row(name, file, "gguf_template" if fill is with_tokenizer else "gguf_trailing")
