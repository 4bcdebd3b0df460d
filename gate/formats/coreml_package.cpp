// coreml_package.cpp: what stands beside the model in a .mlpackage: its weight file and its manifest. See coreml.hpp.
#include <algorithm>

#include "formats/coreml.hpp"
#include "formats/inner_path.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kLine = 64;
constexpr std::uint32_t kVersion = 2;
constexpr std::uint32_t kSentinel = 0xDEADBEEF;
constexpr std::uint32_t kMostBlobs = 1U << 24U;

// BlobDataType of MIL's blob storage, by its number.
constexpr std::string_view kTypes[] = {"",   "F16", "F32", "U8", "I8", "BF16", "I16", "U16",    "I4",
                                       "U1", "U2",  "U4",  "U3", "U6", "I32",  "U32", "F8E4M3", "F8E5M2"};

template <typename T>
T at(ByteView bytes, std::size_t offset) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return value;
}

bool only_zeros(ByteView bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

std::uint64_t next_line(std::uint64_t offset) { return (offset + kLine - 1) / kLine * kLine; }

Examined bad_weights(ParseContext& context, std::string message, std::uint64_t offset) {
    context.finding("coreml.weights", Severity::high, std::move(message), context.at(offset),
                    "A reader that trusts the heads of the values reads on in foreign memory.",
                    "Save the model again with coremltools, as a .mlpackage.");
    return Examined::partly;
}

}  // namespace

bool sniff_coreml_weights(ByteSource& source, std::string_view) {
    const auto head = source.view(0, kLine + 4);
    return head && at<std::uint32_t>(*head, 4) == kVersion && at<std::uint32_t>(*head, 0) > 0 && at<std::uint32_t>(*head, 0) <= kMostBlobs &&
           only_zeros(head->subspan(8, kLine - 8)) && at<std::uint32_t>(*head, kLine) == kSentinel;
}

Examined parse_coreml_weights(ByteSource& source, ParseContext& context) {
    const auto head = source.view(0, kLine);
    const std::uint32_t blobs = head ? at<std::uint32_t>(*head, 0) : 0;
    std::uint64_t end = kLine;
    std::vector<Tensor> tensors;
    for (std::uint32_t i = 0; i < blobs; ++i) {
        const std::uint64_t begin = next_line(end);
        if (!context.budget.step() || tensors.size() >= context.limits.facts) {
            context.unscannable("coreml", "more values than the limit allows", context.at(begin));
            return Examined::partly;
        }
        const auto padding = source.view(end, begin - end);
        const auto bytes = source.view(begin, kLine);
        if (!padding || !bytes || at<std::uint32_t>(*bytes, 0) != kSentinel) {
            return bad_weights(context, "value " + std::to_string(i + 1) + " of " + std::to_string(blobs) + " has no head", begin);
        }
        if (!only_zeros(*padding) || !only_zeros(bytes->subspan(32))) return bad_weights(context, "what stands between two values is not empty", end);
        const auto type = at<std::uint32_t>(*bytes, 4);
        const auto size = at<std::uint64_t>(*bytes, 8);
        const auto offset = at<std::uint64_t>(*bytes, 16);
        if (type == 0 || type >= std::size(kTypes)) return bad_weights(context, "a value has the unknown type " + std::to_string(type), begin);
        if (offset != begin + kLine || offset > source.size() || size > source.size() - offset) {
            return bad_weights(context, "the numbers of a value do not stand behind its head, or not all of them are there", begin);
        }
        tensors.push_back({context.at(offset), "value at " + std::to_string(begin), std::string(kTypes[type]), {}, size});
        end = offset + size;
    }
    const auto rest = source.size() - end < kLine ? source.view(end, source.size() - end) : std::nullopt;
    if (!rest || !only_zeros(*rest)) return bad_weights(context, "something follows the last value", end);
    context.format("coreml-weights", true);
    for (Tensor& tensor : tensors) context.evidence.tensors.push_back(std::move(tensor));
    return Examined::whole;
}

bool is_coreml_manifest(const codec::Json& document) {
    return document.find("itemInfoEntries") != nullptr && document.find("rootModelIdentifier") != nullptr;
}

bool check_coreml_manifest(const codec::Json& document, ParseContext& context) {
    const auto finding = [&](std::string message, std::uint64_t offset) {
        context.finding("coreml.manifest", Severity::high, std::move(message), context.at(offset),
                        "Which files of the package are loaded, readers then see differently.",
                        "Save the model again with coremltools, as a .mlpackage.");
        return false;
    };
    for (const codec::Json::Member& member : document.members) {
        const bool known = member.first == "fileFormatVersion" || member.first == "itemInfoEntries" || member.first == "rootModelIdentifier";
        if (!known) return finding("the manifest has an unknown key", member.second.offset);
    }
    const std::string* const version = document.find_text("fileFormatVersion");
    const std::string* const root = document.find_text("rootModelIdentifier");
    const codec::Json* const items = document.find("itemInfoEntries");
    if (version == nullptr || *version != "1.0.0") return finding("the manifest is of an unknown version", 0);
    if (root == nullptr || items == nullptr || !items->is_object() || items->find(*root) == nullptr) {
        return finding("the manifest does not list the model that it names", 0);
    }
    for (const codec::Json::Member& item : items->members) {
        const std::string* const path = item.second.find_text("path");
        if (path == nullptr || !is_inner_path(*path)) return finding("an item of the manifest has no path inside the package", item.second.offset);
    }
    return true;
}

}  // namespace headgate::formats
