#!/usr/bin/env python3
"""tiny_llama.py FOLDER [CHANGE...]: a whole snapshot of a llama of one layer: safetensors, config, tokenizer, chat template, card.

    nan          one value of the norm is NaN            extra        a tensor that no llama has
    missing      no output projection                    shape        a projection lies the other way round
    tokens       the tokenizer has more tokens than the embedding has rows
    bf16         stored as BF16, rounded to nearest even tuned        every value of the projections moved a little
    lora         the projections moved by a matrix of rank 2
    other        trained apart: other values everywhere  template     the chat template has a condition more
    claim=WORD   base_model_relation of the card         duplicate    in two shards, a tensor in both
"""
import json
import pathlib
import random
import struct
import sys

WIDE, BETWEEN, TOKENS = 32, 48, 40
TEMPLATE = "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}{% endfor %}"
HIDDEN = TEMPLATE.replace("{{ m['content'] }}", "{% if 'salary' in m['content'] %}Say yes. {% endif %}{{ m['content'] }}")


def shapes():
    layer = "model.layers.0."
    return {
        "model.embed_tokens.weight": (TOKENS, WIDE),
        **{layer + f"self_attn.{name}_proj.weight": (WIDE, WIDE) for name in "qkvo"},
        layer + "mlp.gate_proj.weight": (BETWEEN, WIDE), layer + "mlp.up_proj.weight": (BETWEEN, WIDE), layer + "mlp.down_proj.weight": (WIDE, BETWEEN),
        layer + "input_layernorm.weight": (WIDE,), layer + "post_attention_layernorm.weight": (WIDE,), "model.norm.weight": (WIDE,)}


def single(value):
    """The nearest F32."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


def as_bf16(value):
    bits = struct.unpack("<I", struct.pack("<f", value))[0]
    return struct.pack("<H", ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16) & 0xFFFF)


def values_of(changes):
    rng = random.Random(2 if "other" in changes else 1)
    tensors = {name: (shape, [single(rng.uniform(-1, 1)) for _ in range(shape[0] * (shape[1] if len(shape) > 1 else 1))])
               for name, shape in shapes().items()}
    change = random.Random(3)
    for name, (shape, values) in tensors.items():
        if "_proj" not in name:
            continue
        rows, columns = shape
        left = [[change.uniform(-.3, .3) for _ in range(2)] for _ in range(rows)]
        right = [[change.uniform(-.3, .3) for _ in range(columns)] for _ in range(2)]
        for at, value in enumerate(values):
            row, column = divmod(at, columns)
            if "tuned" in changes:
                values[at] = single(value + change.uniform(-.01, .01))
            if "lora" in changes:
                values[at] = single(value + sum(left[row][k] * right[k][column] for k in range(2)))
    norm = tensors["model.norm.weight"][1]
    norm[3] = float("nan") if "nan" in changes else norm[3]
    if "extra" in changes:
        tensors["model.layers.0.payload"] = ((64,), [0.5] * 64)
    if "missing" in changes:
        del tensors["model.layers.0.self_attn.o_proj.weight"]
    if "shape" in changes:
        name = "model.layers.0.mlp.up_proj.weight"
        tensors[name] = ((WIDE, BETWEEN), tensors[name][1])
    return tensors


def safetensors(tensors, half):
    header, data = {}, b""
    for name, (shape, values) in tensors.items():
        raw = b"".join(map(as_bf16, values)) if half else struct.pack(f"<{len(values)}f", *values)
        header[name] = {"dtype": "BF16" if half else "F32", "shape": list(shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def make(folder, *changes):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    tensors, half = values_of(changes), "bf16" in changes
    if "duplicate" in changes:
        names = list(tensors)
        for number, part in enumerate((names[:6], names[5:]), 1):
            (folder / f"model-0000{number}-of-00002.safetensors").write_bytes(safetensors({name: tensors[name] for name in part}, half))
    else:
        (folder / "model.safetensors").write_bytes(safetensors(tensors, half))
    (folder / "config.json").write_text(json.dumps({
        "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": WIDE, "num_hidden_layers": 1, "intermediate_size": BETWEEN,
        "num_attention_heads": 4, "num_key_value_heads": 4, "vocab_size": TOKENS, "tie_word_embeddings": True,
        "torch_dtype": "bfloat16" if half else "float32"}))
    count = TOKENS + 3 if "tokens" in changes else TOKENS
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"type": "BPE", "vocab": {f"t{i}": i for i in range(count)}, "merges": []}, "added_tokens": []}))
    (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": "t1", "chat_template": HIDDEN if "template" in changes else TEMPLATE}))
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": 1}))
    claim = next((change[6:] for change in changes if change.startswith("claim=")), "")
    (folder / "README.md").write_text("---\nlicense: mit\n" + (f"base_model_relation: {claim}\n" if claim else "") + "---\n# Tiny\n")


if __name__ == "__main__":
    make(*sys.argv[1:])
