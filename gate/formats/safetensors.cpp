#include "formats/safetensors.hpp"

#include "formats/safetensors_header.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kPrefix = 8;

std::optional<std::uint64_t> header_length(ByteSource& source) {
    const auto bytes = source.view(0, kPrefix);
    if (!bytes) return std::nullopt;
    return Reader(*bytes).u64le();
}

Examined refuse(ParseContext& context, const SafetensorsProblem& problem) {
    const bool layout = problem.id.ends_with("-offset") || problem.id.ends_with("-buffer");
    context.finding(problem.id, Severity::high, problem.message, context.at(kPrefix + problem.offset),
                    layout
                        ? "Bytes that no tensor claims, or that two claim, can hold another file: loaders and scanners "
                          "then see different things."
                        : "The reference implementation refuses this header, or readers of it disagree.",
                    "Save the tensors again with the safetensors library.");
    return Examined::partly;
}

}  // namespace

bool sniff_safetensors(ByteSource& source, std::string_view) {
    const auto length = header_length(source);
    if (!length || *length < 2 || *length > source.size() - kPrefix) return false;
    const auto first = source.view(kPrefix, 1);
    return first && first->front() == '{';
}

bool sniff_named_safetensors(ByteSource&, std::string_view name) {
    return name.ends_with(".safetensors");
}

Examined parse_safetensors(ByteSource& source, ParseContext& context) {
    const auto length = header_length(source);
    if (!length) {
        if (source.failure()) return Examined::partly;
        return refuse(context,
                      {"safetensors.header-too-small",
                       "HeaderTooSmall: " + std::to_string(source.size()) + " bytes hold no header length", 0});
    }
    if (*length > context.limits.header_bytes) {
        return refuse(context, {"safetensors.header-too-large",
                                "HeaderTooLarge: the header claims " + std::to_string(*length) +
                                    " bytes, the limit is " + std::to_string(context.limits.header_bytes),
                                0});
    }
    if (*length > source.size() - kPrefix) {
        return refuse(context,
                      {"safetensors.invalid-header-length",
                       "InvalidHeaderLength: the header claims " + std::to_string(*length) + " bytes, the file has " +
                           std::to_string(source.size() - kPrefix) + " behind its length",
                       0});
    }
    const auto bytes = source.view(kPrefix, *length);
    if (!bytes) {  // an I/O error is the caller's to see; otherwise the memory allowed for held ranges is used up
        if (!source.failure())
            context.unscannable("safetensors", "the header cannot be held in memory", context.whole());
        return Examined::partly;
    }
    SafetensorsHeader header = parse_safetensors_header(*bytes, context.limits, context.budget);
    if (header.problem) return refuse(context, *header.problem);
    if (const auto problem = check_safetensors_layout(header.entries, source.size() - kPrefix - *length)) {
        return refuse(context, *problem);
    }
    context.format("safetensors");
    const std::uint64_t data = kPrefix + *length;
    for (SafetensorsEntry& entry : header.entries) {
        context.evidence.tensors.push_back({context.at(data + entry.begin), std::move(entry.name),
                                            std::string(entry.dtype), std::move(entry.shape), entry.bytes});
    }
    return Examined::whole;
}

}  // namespace headgate::formats
