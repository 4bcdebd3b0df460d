#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets safetensors, gguf, chat_template, text and tabular into tests/fuzz/seeds/."""
import pathlib
import struct

ROOT = pathlib.Path(__file__).parent / "seeds"


def write(target, name, data):
    folder = ROOT / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def string(text):
    return struct.pack("<Q", len(text)) + text


def gguf(pairs, infos, data):
    head = b"GGUF" + struct.pack("<IQQ", 3, len(infos), len(pairs)) + b"".join(pairs) + b"".join(infos)
    return head + b"\0" * (-len(head) % 32) + data


HEADER = (b'{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},'
          b'"\\u0062":{"dtype":"F4","shape":[4],"data_offsets":[8,10]}} ')
write("safetensors", "good", struct.pack("<Q", len(HEADER)) + HEADER + bytes(10))
write("safetensors", "empty", struct.pack("<Q", 2) + b"{}")

TEMPLATES = {
    "chatml": b"{% for m in messages %}{{ '<|' + m['role'] + '|>' + m.content }}{% endfor %}{% if add_generation_prompt %}{{ 'a' }}{% endif %}",
    "macro": b"{%- macro f(a, b='x') -%}{{ a[b] | tojson }}{%- endmacro -%}{% set ns = namespace(i=0) %}{% set ns.i = ns.i + 1 %}{{ f(x, b=y) }}",
    "tricks": b"{% set n = '\\x5f_cl' ~ ['a', 'ss']|join %}{{ x[n] }}{{ x.__class__ }}{{ '%c'|format(95) }}{{ x|attr('y') }}",
    "blocks": b"{# c #}{% raw %}{{{% endraw %}{% set a %}b{% endset %}{% call(x) f() %}{{ x }}{% endcall %}{% filter upper %}a{% endfilter %}",
}
for name, text in TEMPLATES.items():
    write("chat_template", name, text)

write("gguf", "good", gguf(
    [string(b"general.architecture") + struct.pack("<I", 8) + string(b"llama"),
     string(b"tokenizer.chat_template") + struct.pack("<I", 8) + string(TEMPLATES["chatml"]),
     string(b"general.alignment") + struct.pack("<II", 4, 32),
     string(b"list") + struct.pack("<IIQ", 9, 8, 1) + string(b"x"),
     string(b"flag") + struct.pack("<IB", 7, 1)],
    [string(b"a") + struct.pack("<IQIQ", 1, 8, 0, 0), string(b"b") + struct.pack("<IQQIQ", 2, 32, 1, 2, 32)],
    bytes(50)))

TEXTS = [b'{"chat_template": "{{ x }}", "auto_map": {"A": "b.C"}}', b'{"a": 1}\n{"a": 2}\n', b'chat_template: "{{ x }}"\n', b"<svg onload='x'/>",
         b"<html><script></script></html>", b"import os\n", b"print(1)\n", b'{"weight_map": {"a": "b.safetensors"}}', b"{{ x }}", b"a,b\n1,2\n",
         b"item { id: 1 name: 'a' }\n", b"graph_def { node { op: \"NoOp\" } }", b"<!-- <svg --><PMML version='4.4'/>",
         b"text <net version='11'><layers><layer version='extension'/></layers></net>"]
for index, text in enumerate(TEXTS):
    write("text", str(index), bytes([index]) + text)

write("tabular", "gif", b"GIF89a\x01\0\x01\0\x80\0\0abcdef,\0\0\0\0\x01\0\x01\0\0\x02\x02xy\0;")
write("tabular", "jpeg", b"\xff\xd8\xff\xe0\0\x04JF\xff\xda\0\x02ab\xff\0\xff\xd0zz\xff\xd9")
write("tabular", "riff", b"RIFF" + struct.pack("<I", 16) + b"WEBPdata" + struct.pack("<I", 3) + b"abc\0")
FOOTER = b"\x15\x04\x19\x1c\x18\x01x\x00\x16\x02\x00"
write("tabular", "parquet", b"PAR1data" + FOOTER + struct.pack("<I", len(FOOTER)) + b"PAR1")
FLAT = struct.pack("<I", 16) + b"\x0c\0\x10\0\0\0\0\0\0\0\x08\0" + struct.pack("<IIQ", 12, 0, 8)
write("tabular", "arrow", b"\xff\xff\xff\xff" + struct.pack("<I", len(FLAT)) + FLAT + b"12345678" + b"\xff\xff\xff\xff\0\0\0\0")
PIECE = b"\x0a\x03<s>\x15\0\0\0\0\x18\x03"
write("tabular", "sentencepiece", b"\x0a" + bytes([len(PIECE)]) + PIECE + b"\x12\x02\x08\x01")
