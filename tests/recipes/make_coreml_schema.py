#!/usr/bin/env python3
"""make_coreml_schema.py: prints gate/formats/coreml_schema.cpp: the messages of a CoreML model, from the descriptors that coremltools
brings (pip install coremltools)."""
import textwrap

from coremltools.proto import Model_pb2
from google.protobuf.descriptor import FieldDescriptor

LETTERS = {
    FieldDescriptor.TYPE_STRING: "t",
    FieldDescriptor.TYPE_BYTES: "b",
    **dict.fromkeys((FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_FIXED32, FieldDescriptor.TYPE_SFIXED32), "f"),
    **dict.fromkeys((FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FIXED64, FieldDescriptor.TYPE_SFIXED64), "d"),
}
HEAD = """// coreml_schema.cpp: made by tests/recipes/make_coreml_schema.py from mlmodel/format/*.proto of coremltools 9.0. See proto_tables.hpp.
#include "formats/coreml_schema.hpp"

namespace headgate::formats {
namespace {
"""
FOOT = """
constexpr std::string_view kTexts[] = {%s};

}  // namespace

const ProtoTables& coreml_tables() {
    static const std::string kText = [] {
        std::string text;
        for (const std::string_view one : kTexts) text += one;
        return text;
    }();
    static const ProtoTables kTables(kText);
    return kTables;
}

}  // namespace headgate::formats"""


def reached(message, seen):
    if message.full_name not in seen:
        seen[message.full_name] = message
        for field in message.fields:
            if field.message_type:
                reached(field.message_type, seen)
    return seen.values()


def name_of(message):
    return message.full_name.removeprefix("CoreML.Specification.")


def line_of(message):
    fields = []
    for field in sorted(message.fields, key=lambda field: field.number):
        kind = name_of(field.message_type) if field.message_type else LETTERS.get(field.type, "i")
        fields.append(f"{field.number} {field.name} {kind}{'*' if field.is_repeated else ''}")
    # Fields are kept whole: their blanks stand in for others while the lines are filled.
    text = f"{name_of(message)}: " + ", ".join(fields).replace(" ", "~").replace(",~", ", ")
    return "\n".join(textwrap.wrap(text, 150, subsequent_indent=" ", break_long_words=False, break_on_hyphens=False)).replace("~", " ")


def main():
    lines = [line_of(message) for message in reached(Model_pb2.Model.DESCRIPTOR, {})]
    print(HEAD)
    parts = []
    for part in range(0, len(lines), 120):  # compilers need not take longer literals
        parts.append(f"kText{len(parts)}")
        print(f'constexpr std::string_view {parts[-1]} = R"(' + "\n".join(lines[part : part + 120]) + '\n)";')
    print(FOOT % ", ".join(parts))


if __name__ == "__main__":
    main()
