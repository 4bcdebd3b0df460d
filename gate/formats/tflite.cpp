#include "formats/tflite.hpp"

#include <algorithm>
#include <set>

#include "formats/flatbuffer.hpp"
#include "formats/zip.hpp"

namespace headgate::formats {
namespace {

// Fields of the tables, by their place in the schema.
namespace model {
constexpr unsigned kVersion = 0, kOperatorCodes = 1, kSubgraphs = 2, kDescription = 3, kBuffers = 4, kMetadataBuffer = 5, kMetadata = 6,
                   kSignatures = 7;
}
namespace code { constexpr unsigned kDeprecated = 0, kCustom = 1, kBuiltin = 3; }
namespace graph { constexpr unsigned kTensors = 0, kInputs = 1, kOutputs = 2, kOperators = 3, kName = 4; }
namespace tensor {
constexpr unsigned kShape = 0, kType = 1, kBuffer = 2, kName = 3, kQuantization = 4, kSparsity = 6, kSignature = 7, kVariants = 9;
}
namespace quantization { constexpr unsigned kMin = 0, kMax = 1, kScale = 2, kZeroPoint = 3, kDetails = 5; }
namespace sparsity { constexpr unsigned kOrder = 0, kBlocks = 1, kDimensions = 2; }
namespace dimension { constexpr unsigned kSegments = 3, kIndices = 5; }
namespace op {
constexpr unsigned kCode = 0, kInputs = 1, kOutputs = 2, kOptions = 4, kCustomOptions = 5, kMutating = 7, kIntermediates = 8, kCustomOffset = 9,
                   kCustomSize = 10, kOptions2 = 12;
}
namespace buffer { constexpr unsigned kData = 0, kOffset = 1, kSize = 2; }
namespace metadata { constexpr unsigned kName = 0, kBuffer = 1; }
namespace signature { constexpr unsigned kInputs = 0, kOutputs = 1, kKey = 2; }

constexpr std::int32_t kCustomOperator = 32;       // BuiltinOperator_CUSTOM
constexpr std::int32_t kDelegateOperator = 51;     // BuiltinOperator_DELEGATE: a runtime makes it, no file has it
constexpr std::int32_t kLastOperator = 209;        // BuiltinOperator_STABLEHLO_CASE
constexpr std::uint32_t kVersion = 3;
constexpr std::uint64_t kMostPadding = 64U << 10U;   // zeros behind the last byte that is used: alignment
constexpr std::string_view kFlex = "Flex";

struct ElementType {
    std::string_view name;
    std::uint64_t bits;        // 0: no fixed size
};
constexpr ElementType kTypes[] = {
    {"F32", 32}, {"F16", 16}, {"I32", 32},  {"U8", 8},    {"I64", 64}, {"STRING", 0},   {"BOOL", 8},    {"I16", 16}, {"C64", 64},  {"I8", 8},
    {"F64", 64}, {"C128", 128}, {"U64", 64}, {"RESOURCE", 0}, {"VARIANT", 0}, {"U32", 32}, {"U16", 16}, {"I4", 4}, {"BF16", 16}, {"I2", 2},
    {"U4", 4},
};

struct Range {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
};

class TfliteReader {
  public:
    TfliteReader(ByteSource& source, ParseContext& context) : source_(source), context_(context), flat_(source, context.budget) {}

    Examined run() {
        context_.format("tflite");
        const FlatReader::Table root = flat_.root();
        const auto version = flat_.scalar<std::uint32_t>(root, model::kVersion, 0);
        if (!flat_.failed() && version != kVersion) {
            finding("version", "its schema version is " + std::to_string(version) + ", and only 3 is known", 0,
                    "What an unknown version means, nobody can tell.");
        }
        flat_.vector(root, model::kDescription, 1);
        flat_.vector(root, model::kMetadataBuffer, 4);
        flat_.visit_unknown(root);
        read_buffers(root);
        read_codes(root);
        const FlatReader::Vector graphs = flat_.vector(root, model::kSubgraphs, 4);
        for (std::uint32_t i = 0; i < graphs.count && !flat_.failed(); ++i) read_graph(flat_.item(graphs, i));
        const FlatReader::Vector notes = flat_.vector(root, model::kMetadata, 4);
        for (std::uint32_t i = 0; i < notes.count && !flat_.failed(); ++i) {
            const FlatReader::Table note = flat_.item(notes, i);
            flat_.vector(note, metadata::kName, 1);
            buffer_of(flat_.scalar<std::uint32_t>(note, metadata::kBuffer, 0), "metadata");
        }
        read_signatures(flat_.vector(root, model::kSignatures, 4));
        if (flat_.out_of_budget()) {
            context_.unscannable("tflite", flat_.problem(), context_.at(flat_.problem_at()));
        } else if (flat_.failed()) {
            finding("malformed", flat_.problem(), flat_.problem_at(), "A reader that does not check goes on in foreign memory.");
        }
        if (flat_.failed()) return Examined::partly;
        const Examined behind = read_behind();
        return good_ ? behind : Examined::partly;
    }

  private:
    // What stands behind the FlatBuffer: zeros, or an archive of files that go with the model.
    Examined read_behind() {
        std::uint64_t at = flat_.reached();
        const bool archive = zip_at_end(source_) == ZipAtEnd::exactly;
        const std::uint64_t end = archive ? archive_begin(at) : source_.size();
        if (archive && end == source_.size()) {
            context_.finding("zip.polyglot", Severity::high, "the content ends like a zip file that begins inside the model", context_.whole(),
                             "Two kinds of readers load two different things from the same bytes.", "Publish the two contents as two files.");
            parse_zip(source_, context_);
            return Examined::partly;
        }
        at = std::min(std::max(at, flat_.may_reach()), end);
        if (!all_zero(at, end)) {
            finding("trailing-bytes", std::to_string(end - at) + " bytes behind the model belong to nothing in it", at,
                    "Bytes that no reader of the model takes are there for another reader.");
        }
        return archive ? parse_zip_behind(source_, end, context_) : Examined::whole;
    }

    // Of the first local header from `at` on; the size of the source where there is none.
    std::uint64_t archive_begin(std::uint64_t at) {
        constexpr std::uint64_t kStep = 1U << 20U;
        for (; at < source_.size(); at += kStep) {
            const auto bytes = source_.view(at, std::min(kStep + 3, source_.size() - at));
            if (!bytes) break;
            const std::size_t found = as_text(*bytes).find("PK\3\4");
            if (found != std::string_view::npos) return at + found;
        }
        return source_.size();
    }

    bool all_zero(std::uint64_t begin, std::uint64_t end) {
        const auto bytes = end - begin <= kMostPadding ? source_.view(begin, end - begin) : std::nullopt;
        return bytes && std::all_of(bytes->begin(), bytes->end(), [](std::uint8_t byte) { return byte == 0; });
    }

    void read_signatures(const FlatReader::Vector& list) {
        for (std::uint32_t i = 0; i < list.count && !flat_.failed(); ++i) {
            const FlatReader::Table one = flat_.item(list, i);
            flat_.vector(one, signature::kKey, 1);
            for (const unsigned field : {signature::kInputs, signature::kOutputs}) {
                const FlatReader::Vector maps = flat_.vector(one, field, 4);
                for (std::uint32_t k = 0; k < maps.count && !flat_.failed(); ++k) flat_.vector(flat_.item(maps, k), 0, 1);
            }
        }
    }

    // What says how values are quantised or which of them are left out: nothing of it is judged.
    void visit_encoding(const FlatReader::Table& table) {
        const FlatReader::Table quantized = flat_.table(table, tensor::kQuantization);
        for (const unsigned field : {quantization::kMin, quantization::kMax, quantization::kScale}) flat_.vector(quantized, field, 4);
        flat_.vector(quantized, quantization::kZeroPoint, 8);
        flat_.visit_unknown(flat_.table(quantized, quantization::kDetails));
        const FlatReader::Table sparse = flat_.table(table, tensor::kSparsity);
        flat_.vector(sparse, sparsity::kOrder, 4);
        flat_.vector(sparse, sparsity::kBlocks, 4);
        const FlatReader::Vector dimensions = flat_.vector(sparse, sparsity::kDimensions, 4);
        for (std::uint32_t i = 0; i < dimensions.count && !flat_.failed(); ++i) {
            const FlatReader::Table one = flat_.item(dimensions, i);
            flat_.visit_unknown(flat_.table(one, dimension::kSegments));
            flat_.visit_unknown(flat_.table(one, dimension::kIndices));
        }
        flat_.vector(table, tensor::kSignature, 4);
        const FlatReader::Vector variants = flat_.vector(table, tensor::kVariants, 4);
        for (std::uint32_t i = 0; i < variants.count && !flat_.failed(); ++i) flat_.vector(flat_.item(variants, i), 0, 4);
    }

    void finding(std::string_view thing, std::string message, std::uint64_t at, std::string_view why) {
        good_ = false;
        if (++findings_ > kMostFindings) return;
        context_.finding("tflite." + std::string(thing), Severity::high, std::move(message), context_.at(at), std::string(why),
                         "Convert the model again with the TensorFlow Lite converter and publish that.");
    }

    void read_buffers(const FlatReader::Table& root) {
        const FlatReader::Vector list = flat_.vector(root, model::kBuffers, 4);
        for (std::uint32_t i = 0; i < list.count && !flat_.failed(); ++i) {
            const FlatReader::Table one = flat_.item(list, i);
            const FlatReader::Vector data = flat_.vector(one, buffer::kData, 1);
            Range range{data.at, data.count};
            // Models above 2 GiB keep their buffers behind the FlatBuffer; offsets 0 and 1 mean that this one does not.
            const auto offset = flat_.scalar<std::uint64_t>(one, buffer::kOffset, 0);
            const auto size = flat_.scalar<std::uint64_t>(one, buffer::kSize, 0);
            if (offset > 1) {
                range = {offset, size};
                if (data || offset > source_.size() || size > source_.size() - offset) {
                    finding("buffer-range", "buffer " + std::to_string(i) + " lies outside the file", one.at,
                            "A reader that does not check goes on in foreign memory.");
                    range = {};
                }
                flat_.reach(range.offset + range.bytes);
            }
            buffers_.push_back(range);
        }
    }

    void read_codes(const FlatReader::Table& root) {
        const FlatReader::Vector list = flat_.vector(root, model::kOperatorCodes, 4);
        for (std::uint32_t i = 0; i < list.count && !flat_.failed(); ++i) {
            const FlatReader::Table one = flat_.item(list, i);
            // Codes above 127 came later: readers take the greater of the two fields.
            const std::int32_t builtin = std::max<std::int32_t>(flat_.scalar<std::int8_t>(one, code::kDeprecated, 0),
                                                                flat_.scalar<std::int32_t>(one, code::kBuiltin, 0));
            const std::string_view name = flat_.text(one, code::kCustom);
            ++codes_;
            if (!flat_.failed() && (builtin < 0 || builtin > kLastOperator)) {
                finding("operator", "an operator has the number " + std::to_string(builtin) + ", which none that is built in has", one.at,
                        "What an unknown operator does, nobody can tell.");
            } else if (builtin == kDelegateOperator) {
                finding("delegate", "it names a delegate as an operator, which only a runtime makes", one.at,
                        "Its options are an address in memory.");
            } else if (builtin == kCustomOperator || !name.empty()) {
                add_operator(std::string(name), one.at);
            }
        }
    }

    void add_operator(const std::string& name, std::uint64_t at) {
        const bool flex = name.starts_with(kFlex) && name.size() > kFlex.size();
        const std::string shown = flex ? name.substr(kFlex.size()) : name;
        if (!operators_.insert(name).second || context_.evidence.operators.size() >= context_.limits.facts) return;
        context_.evidence.operators.push_back({context_.at(at), flex ? "tensorflow" : "tflite", flex ? "" : "custom", shown});
    }

    void read_graph(const FlatReader::Table& table) {
        flat_.vector(table, graph::kName, 1);
        const FlatReader::Vector tensors = flat_.vector(table, graph::kTensors, 4);
        for (std::uint32_t i = 0; i < tensors.count && !flat_.failed(); ++i) read_tensor(flat_.item(tensors, i));
        check_indexes(flat_.vector(table, graph::kInputs, 4), tensors.count);
        check_indexes(flat_.vector(table, graph::kOutputs, 4), tensors.count);
        const FlatReader::Vector operators = flat_.vector(table, graph::kOperators, 4);
        for (std::uint32_t i = 0; i < operators.count && !flat_.failed(); ++i) {
            const FlatReader::Table one = flat_.item(operators, i);
            const auto index = flat_.scalar<std::uint32_t>(one, op::kCode, 0);
            if (!flat_.failed() && index >= codes_) {
                finding("index", "an operator is number " + std::to_string(index) + " of " + std::to_string(codes_) + " kinds", one.at,
                        "A reader that does not check goes on in foreign memory.");
            }
            check_indexes(flat_.vector(one, op::kInputs, 4), tensors.count);
            check_indexes(flat_.vector(one, op::kOutputs, 4), tensors.count);
            flat_.visit_unknown(flat_.table(one, op::kOptions));
            flat_.visit_unknown(flat_.table(one, op::kOptions2));
            flat_.vector(one, op::kCustomOptions, 1);
            flat_.vector(one, op::kMutating, 1);
            flat_.vector(one, op::kIntermediates, 4);
            const auto offset = flat_.scalar<std::uint64_t>(one, op::kCustomOffset, 0);
            const auto size = flat_.scalar<std::uint64_t>(one, op::kCustomSize, 0);
            if (offset > source_.size() || size > source_.size() - offset) {
                finding("buffer-range", "the options of an operator lie outside the file", one.at,
                        "A reader that does not check goes on in foreign memory.");
            } else if (offset > 1) {
                flat_.reach(offset + size);
            }
        }
    }

    void check_indexes(const FlatReader::Vector& list, std::uint32_t count) {
        for (std::uint32_t i = 0; i < list.count && !flat_.failed(); ++i) {
            const std::int32_t index = flat_.number(list, i);
            if (flat_.failed() || index == -1 || (index >= 0 && static_cast<std::uint32_t>(index) < count)) continue;
            finding("index", "it names tensor " + std::to_string(index) + " of " + std::to_string(count), list.at,
                    "A reader that does not check goes on in foreign memory.");
            return;
        }
    }

    Range buffer_of(std::uint32_t index, std::string_view of) {
        if (flat_.failed()) return {};
        if (index < buffers_.size()) return buffers_[index];
        finding("index", "a " + std::string(of) + " is in buffer " + std::to_string(index) + " of " + std::to_string(buffers_.size()), 0,
                "A reader that does not check goes on in foreign memory.");
        return {};
    }

    void read_tensor(const FlatReader::Table& table) {
        const auto type = flat_.scalar<std::uint8_t>(table, tensor::kType, 0);
        const std::string_view name = flat_.text(table, tensor::kName);
        const Range range = buffer_of(flat_.scalar<std::uint32_t>(table, tensor::kBuffer, 0), "tensor");
        visit_encoding(table);
        const FlatReader::Vector dimensions = flat_.vector(table, tensor::kShape, 4);
        std::vector<std::uint64_t> shape;
        std::uint64_t elements = 1;
        bool fixed = true;
        for (std::uint32_t i = 0; i < dimensions.count && !flat_.failed(); ++i) {
            const std::int32_t size = flat_.number(dimensions, i);
            shape.push_back(size < 0 ? 0 : static_cast<std::uint64_t>(size));
            fixed = fixed && size >= 0 && !__builtin_mul_overflow(elements, shape.back(), &elements);
        }
        if (flat_.failed()) return;
        if (type >= std::size(kTypes)) {
            finding("element-type", "a tensor has the unknown element type " + std::to_string(type), table.at,
                    "What an unknown type means, nobody can tell.");
            return;
        }
        const ElementType& element = kTypes[type];
        if (range.bytes == 0) return;      // made at run time
        std::uint64_t bits = 0;
        if (element.bits != 0 && (!fixed || __builtin_mul_overflow(elements, element.bits, &bits) || (bits + 7) / 8 > range.bytes)) {
            finding("tensor-size", "a tensor is larger than its buffer of " + std::to_string(range.bytes) + " bytes", table.at,
                    "A reader that does not check reads on in foreign memory.");
        }
        if (context_.evidence.tensors.size() < context_.limits.facts) {
            context_.evidence.tensors.push_back({context_.at(range.offset), std::string(name), std::string(element.name), std::move(shape),
                                                 range.bytes});
        }
    }

    static constexpr std::uint32_t kMostFindings = 100;

    ByteSource& source_;
    ParseContext& context_;
    FlatReader flat_;
    std::vector<Range> buffers_;
    std::set<std::string> operators_;
    std::uint32_t codes_ = 0;
    std::uint32_t findings_ = 0;
    bool good_ = true;
};

}  // namespace

bool sniff_tflite(ByteSource& source, std::string_view) {
    const auto head = source.view(0, 8);
    return head && starts_with(head->subspan(4), "TFL3");
}

Examined parse_tflite(ByteSource& source, ParseContext& context) { return TfliteReader(source, context).run(); }

}  // namespace headgate::formats
