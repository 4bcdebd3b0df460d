#include "formats/unread.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::formats {
namespace {

using namespace std::string_view_literals;

struct Kind {
    std::string_view format;
    std::string_view why;            // what it is, and what to publish instead
    bool code = false;
};
constexpr Kind kKinds[] = {
    {"rar", "a rar archive, whose method of compression has no free description; publish its content as a zip or tar file"},
    {"cab", "a cabinet archive, for which this build has no reader; publish its content as a zip or tar file"},
    {"rds", "R data: reading it can run code that it holds (promises, CVE-2024-27322), and only R can read it whole; publish the model "
            "in a form of its library (xgb.save, lgb.save, safetensors of torch), as ONNX, or its data as Parquet or CSV"},
    {"java-object", "serialized Java objects: reading them runs code of the classes that they name; publish the model as ONNX, PMML or "
                    "JSON (H2O: a MOJO's content, Spark: its metadata and Parquet)"},
    {"tensorrt", "a TensorRT engine: machine code for one GPU, and perhaps plugins, that nothing can judge; publish the ONNX model that "
                 "it was built from, and build the engine where it runs", true},
    {"torch-mobile", "a PyTorch Mobile model (.ptl): a program for an interpreter that PyTorch no longer maintains; publish the weights "
                     "as safetensors, or the model as ONNX"},
    {"executorch", "an ExecuTorch program: its delegates are compiled for one accelerator, and nothing can judge them; publish the "
                   "weights as safetensors, or the model as ONNX", true},
    {"iree", "an IREE module: machine code beside a program; publish the ONNX or StableHLO text that it was compiled from", true},
    {"mlir", "MLIR bytecode: a program in dialects of whoever compiled it; publish the ONNX model, or the weights as safetensors"},
    {"llamafile", "a program for several systems at once with weights in it (llamafile); publish the GGUF file alone", true},
    {"rknn", "a model compiled for Rockchip's processors, in a form that is not published; publish the ONNX model that it was made from",
     true},
    {"hailo", "a model compiled for Hailo's processors, in a form that is not published; publish the ONNX model that it was made from", true},
};

struct Magic {
    std::string_view format;
    std::uint64_t offset;
    std::string_view bytes;
};
constexpr Magic kMagics[] = {
    {"rar", 0, "Rar!\x1a\x07"sv},
    {"cab", 0, "MSCF"sv},
    // R, save(): RD, the kind of encoding, the version; saveRDS() without: XDR, little-endian.
    {"rds", 0, "RDX2\n"sv},
    {"rds", 0, "RDX3\n"sv},
    {"rds", 0, "RDA2\n"sv},
    {"rds", 0, "RDA3\n"sv},
    {"rds", 0, "RDB2\n"sv},
    {"rds", 0, "RDB3\n"sv},
    {"rds", 0, "X\n\0\0\0\2"sv},
    {"rds", 0, "X\n\0\0\0\3"sv},
    {"rds", 0, "B\n\2\0\0\0"sv},
    {"rds", 0, "B\n\3\0\0\0"sv},
    {"java-object", 0, "\xac\xed\0\x05"sv},
    {"tensorrt", 0, "ptrt"sv},
    {"tensorrt", 0, "ftrt"sv},
    {"torch-mobile", 4, "PTMF"sv},
    {"executorch", 4, "ET12"sv},
    {"iree", 4, "IREE"sv},
    {"iree", 8, "IREE"sv},           // behind the size of the whole
    {"mlir", 0, "ML\xefR"sv},
    {"llamafile", 0, "MZqFpD="sv},
    {"llamafile", 0, "jartsr="sv},
    {"rknn", 0, "RKNN\0\0\0\0"sv},
    {"rknn", 0, "CYPTRKNN"sv},
    {"hailo", 0, "\x01HEF"sv},
};

struct Ending {
    std::string_view ending;
    std::string_view format;
};
constexpr Ending kEndings[] = {
    {".engine", "tensorrt"}, {".plan", "tensorrt"}, {".trt", "tensorrt"},  {".rds", "rds"},   {".rda", "rds"},     {".rdata", "rds"},
    {".ptl", "torch-mobile"}, {".pte", "executorch"}, {".vmfb", "iree"},   {".mlirbc", "mlir"}, {".rknn", "rknn"}, {".hef", "hailo"},
    {".llamafile", "llamafile"},
};

bool is_number(std::string_view line) {
    return !line.empty() && std::all_of(line.begin(), line.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// saveRDS(ascii = TRUE): "A", the version, the version of R that wrote it and the least one that reads it (65536 * major + ...).
bool is_ascii_rds(ByteSource& source) {
    const auto head = source.view(0, std::min<std::uint64_t>(source.size(), 32));
    if (!head || !starts_with(*head, "A\n")) return false;
    const std::vector<std::string_view> lines = split(as_text(*head), '\n');
    return lines.size() > 4 && (lines[1] == "2" || lines[1] == "3") && is_number(lines[2]) && lines[2].size() >= 5 && is_number(lines[3]) &&
           lines[3].size() >= 5;
}

std::string_view format_by_name(std::string_view name) {
    const std::string lower = ascii_lower(name);
    for (const Ending& one : kEndings) {
        if (lower.ends_with(one.ending)) return one.format;
    }
    return {};
}

}  // namespace

std::string_view unread_format(ByteSource& source) {
    for (const Magic& magic : kMagics) {
        const auto bytes = source.view(magic.offset, magic.bytes.size());
        if (bytes && as_text(*bytes) == magic.bytes) return magic.format;
    }
    return is_ascii_rds(source) ? "rds"sv : std::string_view{};
}

bool sniff_unread(ByteSource& source, std::string_view) { return !unread_format(source).empty(); }

bool sniff_named_unread(ByteSource&, std::string_view name) { return !format_by_name(name).empty(); }

Examined parse_unread(ByteSource& source, ParseContext& context) {
    std::string_view format = unread_format(source);
    if (format.empty()) format = format_by_name(context.name());
    const auto* const kind = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& one) { return one.format == format; });
    const bool known = kind != std::end(kKinds);
    context.format(std::string(format), false, known && kind->code);
    context.opaque(known ? "it is " + std::string(kind->why) : "no reader for it", source.size());
    return Examined::partly;
}

}  // namespace headgate::formats
