#include "formats/tflite.hpp"

#include <algorithm>
#include <set>

#include "formats/flatbuffer.hpp"

namespace headgate::formats {
namespace {

// Fields of the tables, by their place in the schema.
namespace model { constexpr unsigned kVersion = 0, kOperatorCodes = 1, kSubgraphs = 2, kBuffers = 4, kMetadata = 6; }
namespace code { constexpr unsigned kDeprecated = 0, kCustom = 1, kBuiltin = 3; }
namespace graph { constexpr unsigned kTensors = 0, kInputs = 1, kOutputs = 2, kOperators = 3; }
namespace tensor { constexpr unsigned kShape = 0, kType = 1, kBuffer = 2, kName = 3; }
namespace op { constexpr unsigned kCode = 0, kInputs = 1, kOutputs = 2, kCustomOffset = 9, kCustomSize = 10; }
namespace buffer { constexpr unsigned kData = 0, kOffset = 1, kSize = 2; }
namespace metadata { constexpr unsigned kBuffer = 1; }

constexpr std::int32_t kCustomOperator = 32;       // BuiltinOperator_CUSTOM
constexpr std::int32_t kDelegateOperator = 51;     // BuiltinOperator_DELEGATE: a runtime makes it, no file has it
constexpr std::uint32_t kVersion = 3;
constexpr std::string_view kFlex = "Flex";

struct ElementType {
    std::string_view name;
    std::uint64_t bits;        // 0: no fixed size
};
constexpr ElementType kTypes[] = {
    {"F32", 32}, {"F16", 16}, {"I32", 32},  {"U8", 8},    {"I64", 64}, {"STRING", 0},   {"BOOL", 8},    {"I16", 16}, {"C64", 64},  {"I8", 8},
    {"F64", 64}, {"C128", 128}, {"U64", 64}, {"RESOURCE", 0}, {"VARIANT", 0}, {"U32", 32}, {"U16", 16}, {"I4", 4}, {"BF16", 16}, {"I2", 2},
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
        read_buffers(root);
        read_codes(root);
        const FlatReader::Vector graphs = flat_.vector(root, model::kSubgraphs, 4);
        for (std::uint32_t i = 0; i < graphs.count && !flat_.failed(); ++i) read_graph(flat_.item(graphs, i));
        const FlatReader::Vector notes = flat_.vector(root, model::kMetadata, 4);
        for (std::uint32_t i = 0; i < notes.count && !flat_.failed(); ++i) {
            buffer_of(flat_.scalar<std::uint32_t>(flat_.item(notes, i), metadata::kBuffer, 0), "metadata");
        }
        if (flat_.out_of_budget()) {
            context_.unscannable("tflite", flat_.problem(), context_.at(flat_.problem_at()));
        } else if (flat_.failed()) {
            finding("malformed", flat_.problem(), flat_.problem_at(), "A reader that does not check goes on in foreign memory.");
        }
        return good_ && !flat_.failed() ? Examined::whole : Examined::partly;
    }

  private:
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
            if (builtin == kDelegateOperator) {
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
            const auto offset = flat_.scalar<std::uint64_t>(one, op::kCustomOffset, 0);
            const auto size = flat_.scalar<std::uint64_t>(one, op::kCustomSize, 0);
            if (offset > source_.size() || size > source_.size() - offset) {
                finding("buffer-range", "the options of an operator lie outside the file", one.at,
                        "A reader that does not check goes on in foreign memory.");
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
