#include "formats/npy.hpp"

#include "base/text.hpp"
#include "formats/npy_header.hpp"
#include "formats/pickle.hpp"

namespace headgate::formats {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::uint64_t kMaxHeader = 10'000;  // numpy.lib.format._MAX_HEADER_SIZE

Examined broken(ParseContext& context, std::string_view thing, std::string message, std::uint64_t offset) {
    context.finding("npy." + std::string(thing), Severity::high, std::move(message), context.at(offset),
                    "numpy refuses such a file or reads something else from it than other readers.",
                    "Save the array again with numpy.save.");
    return Examined::partly;
}

std::optional<std::uint64_t> data_size(const NpyHeader& header) {
    std::uint64_t bytes = header.item_size;
    for (const std::uint64_t dimension : header.shape) {
        if (__builtin_mul_overflow(bytes, dimension, &bytes)) return std::nullopt;
    }
    return bytes;
}

}  // namespace

std::optional<std::uint64_t> npy_file_size(ByteView front) {
    Reader reader(front);
    const auto magic = reader.take(kMagic.size());
    if (!magic || as_text(*magic) != kMagic) return std::nullopt;
    const auto major = reader.u8();
    const auto minor = reader.u8();
    if (!major || !minor || *major < 1 || *major > 3) return std::nullopt;
    const std::uint64_t length = *major == 1 ? reader.u16le().value_or(0) : reader.u32le().value_or(0);
    const auto text = length <= kMaxHeader ? reader.take(length) : std::nullopt;
    std::string problem;
    const auto header = text ? read_npy_header(as_text(*text), problem) : std::nullopt;
    const auto bytes = header && !header->object ? data_size(*header) : std::nullopt;
    if (!bytes || *bytes > ~std::uint64_t{0} - reader.offset()) return std::nullopt;
    return reader.offset() + *bytes;
}

bool sniff_npy(ByteSource& source, std::string_view) {
    const auto magic = source.view(0, kMagic.size());
    return magic && as_text(*magic) == kMagic;
}

Examined parse_npy(ByteSource& source, ParseContext& context) {
    context.format("npy");
    Cursor cursor(source);
    cursor.seek(kMagic.size());
    const auto major = cursor.u8();
    const auto minor = cursor.u8();
    if (!major || !minor) return broken(context, "truncated", "the file ends inside its header", cursor.offset());
    if (*major < 1 || *major > 3 || *minor != 0) {
        return broken(context, "version",
                      "version " + std::to_string(*major) + "." + std::to_string(*minor) + " does not exist", kMagic.size());
    }
    std::optional<std::uint64_t> length;
    if (*major == 1) {
        length = cursor.little<std::uint16_t>();
    } else {
        length = cursor.little<std::uint32_t>();
    }
    if (length && *length > kMaxHeader) {
        return broken(context, "header", "a header of " + std::to_string(*length) + " bytes is over numpy's limit", 8);
    }
    const auto text = length ? cursor.take(*length) : std::nullopt;
    if (!text) {
        if (source.failure()) return Examined::partly;
        return broken(context, "truncated", "the file ends inside its header", cursor.offset());
    }
    if (*major == 3 && !is_utf8(as_text(*text))) {
        return broken(context, "header", "the header is not UTF-8", 12);
    }
    std::string problem;
    const auto header = read_npy_header(as_text(*text), problem);
    if (!header) return broken(context, "header", problem, *major == 1 ? 10 : 12);

    const std::uint64_t data = cursor.offset();
    if (header->object) {
        context.evidence.formats.push_back({context.inside("objects").whole(), "pickle", false, false});
        PickleOptions options;
        options.format_fact = false;
        options.begin = data;
        options.arrays = false;
        return parse_pickle(source, context, options);
    }
    const auto bytes = data_size(*header);
    if (!bytes) return broken(context, "size", "the array is larger than any file", data);
    if (*bytes != source.size() - data) {
        return broken(context, "size",
                      "the header describes " + std::to_string(*bytes) + " bytes of data, " +
                          std::to_string(source.size() - data) + " follow",
                      data);
    }
    if (context.evidence.tensors.size() < context.limits.facts) {
        context.evidence.tensors.push_back({context.at(data), "", header->descr, header->shape, *bytes});
    }
    return Examined::whole;
}

}  // namespace headgate::formats
