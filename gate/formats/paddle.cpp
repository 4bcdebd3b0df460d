#include "formats/paddle.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.hpp"
#include "formats/proto_tables.hpp"

namespace headgate::formats {
namespace {

using codec::Json;

// paddle/fluid/framework/framework.proto of Paddle 3.3. Earlier versions call some fields otherwise, by the same numbers.
constexpr std::string_view kMessages = R"(ProgramDesc: 1 blocks BlockDesc*, 4 version Version, 5 op_version_map OpVersionMap
BlockDesc: 1 idx i, 2 parent_idx i, 3 vars VarDesc*, 4 ops OpDesc*, 5 forward_block_idx i
VarDesc: 1 name t, 2 type VarType, 3 persistable i, 4 need_check_feed i, 5 is_parameter i, 6 stop_gradient i, 7 attrs VarDesc.Attr*
VarType: 1 type i, 2 selected_rows TensorDesc, 3 dense_tensor DenseTensorDesc, 4 tensor_array DenseTensorDesc, 5 reader ReaderDesc,
 7 tuple Tuple, 8 string TensorDesc, 9 strings TensorDesc, 10 vocab TensorDesc, 11 sparse_coo TensorDesc, 12 sparse_csr TensorDesc
TensorDesc: 1 data_type i, 2 dims i*
DenseTensorDesc: 1 tensor TensorDesc, 2 lod_level i
ReaderDesc: 1 dense_tensor DenseTensorDesc*
Tuple: 1 element_type i*
VarDesc.Attr: 1 name t, 2 type i, 3 i i, 4 s t, 5 ints i*
OpDesc: 1 inputs OpDesc.Var*, 2 outputs OpDesc.Var*, 3 type t, 4 attrs OpDesc.Attr*, 5 is_target i
OpDesc.Var: 1 parameter t, 2 arguments t*
OpDesc.Attr: 1 name t, 2 type i, 3 i i, 4 f f, 5 s t, 6 ints i*, 7 floats f*, 8 strings t*, 10 b i, 11 bools i*, 12 block_idx i, 13 l i,
 14 blocks_idx i*, 15 longs i*, 16 float64s d*, 17 var_name t, 18 vars_name t*, 19 float64 d, 20 scalar Scalar, 21 scalars Scalar*
Scalar: 1 type i, 2 b i, 3 i i, 4 r d, 5 c Complex
Complex: 1 r d, 2 i d
Version: 1 version i
OpVersionMap: 1 pair OpVersionPair*
OpVersionPair: 1 op_name t, 2 op_version OpVersion
OpVersion: 1 version i
)";

const ProtoTables& tables() {
    static const ProtoTables kTables(kMessages);
    return kTables;
}

struct Element {
    std::uint64_t number;
    std::string_view name;
    std::uint64_t bytes;
};
constexpr Element kElements[] = {{0, "BOOL", 1}, {1, "I16", 2},  {2, "I32", 4},   {3, "I64", 8},    {4, "F16", 2},  {5, "F32", 4},
                                 {6, "F64", 8},  {19, "U64", 8}, {20, "U8", 1},   {21, "I8", 1},    {22, "BF16", 2}, {23, "C64", 8},
                                 {24, "C128", 16}, {32, "F8_E4M3", 1}, {33, "F8_E5M2", 1}, {36, "U16", 2}, {37, "U32", 4}, {38, "U64", 8}};

/// What a program names, each once.
class Operators {
  public:
    explicit Operators(ParseContext& context) : context_(context) {}
    void add(std::string domain, std::string name, std::uint64_t at) {
        if (!seen_.insert(domain + "." + name).second) return;
        if (found_.size() >= context_.limits.facts) {
            too_many_ = true;
            return;
        }
        found_.push_back({context_.at(at), "paddle", std::move(domain), std::move(name)});
    }
    Examined record() {
        if (too_many_) {
            context_.unscannable("paddle", "more operators than the limit allows", context_.whole());
            return Examined::partly;
        }
        context_.format("paddle");
        for (Operator& one : found_) context_.evidence.operators.push_back(std::move(one));
        return Examined::whole;
    }

  private:
    ParseContext& context_;
    std::set<std::string> seen_;
    std::vector<Operator> found_;
    bool too_many_ = false;
};

struct Stored {
    const Element* element = nullptr;
    std::vector<std::uint64_t> shape;
    std::uint64_t begin = 0;
    std::uint64_t bytes = 0;
};

/// The tensor that begins at the cursor, which then stands behind it; a text says what is wrong.
std::string read_tensor(ByteSource& source, Cursor& cursor, Budget& budget, Stored& tensor) {
    constexpr std::uint64_t kMostLevels = 64;
    constexpr std::uint32_t kMostDescription = 4096;
    const auto version = cursor.little<std::uint32_t>();
    const auto levels = cursor.little<std::uint64_t>();
    if (!version || !levels || *version != 0 || *levels > kMostLevels) return "a tensor does not begin as one of version 0 does";
    for (std::uint64_t i = 0; i < *levels; ++i) {
        const auto bytes = cursor.little<std::uint64_t>();
        if (!bytes || *bytes % 8 != 0 || !cursor.skip(*bytes)) return "the offsets of a tensor are cut off";
    }
    const auto inner = cursor.little<std::uint32_t>();
    const auto size = cursor.little<std::uint32_t>();
    if (!inner || !size || *inner != 0 || *size == 0 || *size > kMostDescription || *size > cursor.remaining()) {
        return "a tensor has no description";
    }
    SliceSource description(source, cursor.offset(), *size);
    cursor.skip(*size);
    ProtoInput input(description, budget);
    std::uint64_t type = 0;
    std::uint64_t count = 1;
    bool fits = check_message(input, input.whole(), tables().message("TensorDesc"));
    ProtoMessage fields(input, input.whole());
    while (const auto field = fields.next()) {
        if (field->number == 1) type = field->value;
        if (field->number != 2) continue;
        for_each_integer(input, *field, [&](std::uint64_t dimension) {
            fits = fits && dimension <= INT64_MAX && !__builtin_mul_overflow(count, dimension, &count);
            tensor.shape.push_back(dimension);
        });
    }
    if (!fits || !input.ok()) return "the description of a tensor is none: " + (input.ok() ? std::string("its size is none") : input.problem());
    const auto* const element = std::find_if(std::begin(kElements), std::end(kElements), [&](const Element& one) { return one.number == type; });
    if (element == std::end(kElements)) return "a tensor has the unknown element type " + std::to_string(type);
    tensor.element = element;
    tensor.begin = cursor.offset();
    if (__builtin_mul_overflow(count, element->bytes, &tensor.bytes) || !cursor.skip(tensor.bytes)) return "the values of a tensor are cut off";
    return "";
}

Examined refuse(ParseContext& context, std::string message, std::uint64_t at) {
    context.finding("paddle.malformed", Severity::high, std::move(message), context.at(at), "No reader takes it, or each reads something else.",
                    "Save the model again with paddle.jit.save.");
    return Examined::partly;
}

/// "1.matmul" is of the first dialect of paddle's own table, "p" a parameter.
std::pair<std::string, std::string> name_of(const std::string& written) {
    static constexpr std::string_view kDialects[] = {"builtin", "pd_op", "cf", "custom_op", "pd_dist"};
    if (written == "p") return {"builtin", "parameter"};
    const std::size_t dot = written.find('.');
    if (dot == std::string::npos) return {"", written};
    const std::string dialect = written.substr(0, dot);
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(dialect.data(), dialect.data() + dialect.size(), number);
    const bool known = error == std::errc{} && end == dialect.data() + dialect.size() && number < std::size(kDialects);
    return {known ? std::string(kDialects[number]) : dialect, written.substr(dot + 1)};
}

// Depth is bounded by the JSON reader.
bool read_operations(const Json& value, Operators& operators, ParseContext& context) {
    for (const Json& item : value.items) {
        if (!read_operations(item, operators, context)) return false;
    }
    for (const auto& [key, member] : value.members) {
        if (!context.budget.step()) {
            context.unscannable("paddle", "the program has more parts than the limit allows", context.at(member.offset));
            return false;
        }
        if (key == "ops" && member.is_array()) {
            for (const Json& operation : member.items) {
                const std::string* const name = operation.find_text("#");
                if (name == nullptr) {
                    refuse(context, "an operator has no name", operation.offset);
                    return false;
                }
                auto [dialect, operation_name] = name_of(*name);
                operators.add(std::move(dialect), std::move(operation_name), operation.offset);
            }
        }
        if (!read_operations(member, operators, context)) return false;
    }
    return true;
}

}  // namespace

bool sniff_paddle(ByteSource& source, std::string_view) {
    const ProtoSchema& program = tables().message("ProgramDesc");
    const auto head = source.view(0, 2);
    if (!head || (*head)[0] != 0x0A || !fits_outline(source, program)) return false;
    Budget budget({});
    ProtoInput input(source, budget);
    const auto first = ProtoMessage(input, input.whole()).next();
    if (!first) return false;
    // By its outline a program could be other things too; a block has its number and its parent's.
    SliceSource block(source, first->bytes.begin, first->bytes.size());
    const ProtoSchema& schema = tables().message("BlockDesc");
    const auto seen = fits_outline(block, schema);
    return seen && has_row(schema, *seen, 1) && has_row(schema, *seen, 2);
}

bool sniff_named_paddle(ByteSource&, std::string_view name) { return name == "__model__" || ascii_lower(name).ends_with(".pdmodel"); }

Examined parse_paddle(ByteSource& source, ParseContext& context) {
    ProtoInput input(source, context.budget);
    Operators operators(context);
    std::uint64_t blocks = 0;
    check_message(input, input.whole(), tables().message("ProgramDesc"), [&](const ProtoSchema& schema, ByteRange message) {
        blocks += schema.name == "BlockDesc" ? 1U : 0U;
        if (schema.name != "OpDesc") return;
        std::string type;
        ProtoMessage fields(input, message);
        while (const auto field = fields.next()) {
            if (field->number == 3 && field->wire == ProtoWire::bytes) type = input.text(*field);
        }
        if (input.ok()) operators.add("", std::move(type), message.begin);
    });
    if (input.ok() && blocks == 0) input.fail(0, "it has no block");
    if (!input.ok()) return refuse_protobuf(input, "paddle", context);
    return operators.record();
}

bool sniff_paddle_params(ByteSource& source, std::string_view) {
    const auto head = source.view(0, 4);
    if (!head || as_text(*head) != std::string_view("\0\0\0\0", 4)) return false;
    Limits limits;
    limits.steps = 10'000;
    Budget budget(limits);
    Cursor cursor(source);
    Stored tensor;
    return read_tensor(source, cursor, budget, tensor).empty();
}

bool sniff_named_paddle_params(ByteSource&, std::string_view name) { return ascii_lower(name).ends_with(".pdiparams"); }

Examined parse_paddle_params(ByteSource& source, ParseContext& context) {
    Cursor cursor(source);
    std::vector<Tensor> tensors;
    while (cursor.remaining() > 0 || tensors.empty()) {
        const std::uint64_t begin = cursor.offset();
        if (!context.budget.step() || tensors.size() >= context.limits.facts) {
            context.unscannable("paddle", "more tensors than the limit allows", context.at(begin));
            return Examined::partly;
        }
        Stored one;
        if (std::string problem = read_tensor(source, cursor, context.budget, one); !problem.empty()) {
            if (!context.budget.exhausted()) return refuse(context, std::move(problem), begin);
            context.unscannable("paddle", std::move(problem), context.at(begin));
            return Examined::partly;
        }
        tensors.push_back({context.at(one.begin), "tensor " + std::to_string(tensors.size()), std::string(one.element->name), std::move(one.shape), one.bytes});
    }
    context.format("paddle-params", true);
    for (Tensor& tensor : tensors) context.evidence.tensors.push_back(std::move(tensor));
    return Examined::whole;
}

bool is_paddle_program(const Json& document) {
    const Json* const base = document.find("base_code");
    const std::string* const magic = base == nullptr ? nullptr : base->find_text("magic");
    return magic != nullptr && *magic == "pir";
}

Examined read_paddle_program(const Json& document, ParseContext& context) {
    Operators operators(context);
    if (document.find("program") == nullptr) return refuse(context, "it has no program", 0);
    return read_operations(document, operators, context) ? operators.record() : Examined::partly;
}

}  // namespace headgate::formats
