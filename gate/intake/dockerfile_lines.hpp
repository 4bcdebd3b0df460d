// dockerfile_lines.hpp: bytes of a Dockerfile -> instructions, as BuildKit's parser joins them. Private to intake/dockerfile*.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "intake/manifest.hpp"

namespace headgate::intake::dockerfile {

struct Instruction {
    std::string name;               // upper case: "FROM"
    std::vector<std::string> flags; // leading "--name=value" words, in order, without quotes and escapes
    std::string rest;               // what follows the flags
    std::vector<std::string> bodies; // of its here-documents
    std::uint32_t line = 0;
};

struct Document {
    std::string syntax;             // value of the `# syntax=` directive, "" without
    std::uint32_t syntax_line = 0;
    std::vector<Instruction> instructions;
};

/// nullopt, with a finding and an Opaque, when the bytes are not UTF-8 text.
std::optional<Document> read(ByteView bytes, IntakeContext& context);

/// A whole file, or one that stands in another, without a FormatFact. False if an instruction was not understood.
bool read_all(ByteView bytes, IntakeContext& context);

/// One logical line: its name, its flags (without quotes and escapes), the rest.
Instruction split_instruction(std::string_view text, std::uint32_t line);

/// Words at white space; quotes are kept.
std::vector<std::string> words(std::string_view text);

}  // namespace headgate::intake::dockerfile
