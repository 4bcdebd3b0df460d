#include "formats/onnx_tensor.hpp"

#include <charconv>
#include <map>

#include "formats/inner_path.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kMostDimensions = 64;
constexpr std::uint64_t kExternal = 1;  // TensorProto.DataLocation

// Numbers of TensorProto's fields.
enum Field : std::uint32_t {
    kDims = 1,
    kDataType = 2,
    kSegment = 3,
    kFloatData = 4,
    kInt32Data = 5,
    kStringData = 6,
    kInt64Data = 7,
    kName = 8,
    kRawData = 9,
    kDoubleData = 10,
    kUint64Data = 11,
    kExternalData = 13,
    kDataLocation = 14
};

struct DataType {
    std::uint64_t number;
    std::string_view name;
    unsigned bits;              // 0: text, never raw
    std::uint32_t array;        // the field for its values when they are not raw
    unsigned entries, values;   // so many entries of the array hold so many values
};
constexpr DataType kTypes[] = {
    {1, "FLOAT", 32, kFloatData, 1, 1},           {2, "UINT8", 8, kInt32Data, 1, 1},
    {3, "INT8", 8, kInt32Data, 1, 1},             {4, "UINT16", 16, kInt32Data, 1, 1},
    {5, "INT16", 16, kInt32Data, 1, 1},           {6, "INT32", 32, kInt32Data, 1, 1},
    {7, "INT64", 64, kInt64Data, 1, 1},           {8, "STRING", 0, kStringData, 1, 1},
    {9, "BOOL", 8, kInt32Data, 1, 1},             {10, "FLOAT16", 16, kInt32Data, 1, 1},
    {11, "DOUBLE", 64, kDoubleData, 1, 1},        {12, "UINT32", 32, kUint64Data, 1, 1},
    {13, "UINT64", 64, kUint64Data, 1, 1},        {14, "COMPLEX64", 64, kFloatData, 2, 1},
    {15, "COMPLEX128", 128, kDoubleData, 2, 1},   {16, "BFLOAT16", 16, kInt32Data, 1, 1},
    {17, "FLOAT8E4M3FN", 8, kInt32Data, 1, 1},    {18, "FLOAT8E4M3FNUZ", 8, kInt32Data, 1, 1},
    {19, "FLOAT8E5M2", 8, kInt32Data, 1, 1},      {20, "FLOAT8E5M2FNUZ", 8, kInt32Data, 1, 1},
    {21, "UINT4", 4, kInt32Data, 1, 2},           {22, "INT4", 4, kInt32Data, 1, 2},
    {23, "FLOAT4E2M1", 4, kInt32Data, 1, 2},      {24, "FLOAT8E8M0", 8, kInt32Data, 1, 1},
    {25, "UINT2", 2, kInt32Data, 1, 4},           {26, "INT2", 2, kInt32Data, 1, 4},
    {27, "FLOAT6E2M3", 6, kInt32Data, 1, 1},      {28, "FLOAT6E3M2", 6, kInt32Data, 1, 1},
};

const DataType* find_type(std::uint64_t number) {
    for (const DataType& type : kTypes) {
        if (type.number == number) return &type;
    }
    return nullptr;
}

ProtoType array_type(std::uint32_t field) {
    if (field == kFloatData) return ProtoType::fixed32;
    return field == kDoubleData ? ProtoType::fixed64 : ProtoType::integer;
}

/// Decimal, nothing else, as it is read everywhere.
std::optional<std::uint64_t> decimal(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || value > INT64_MAX) return std::nullopt;
    return value;
}

class TensorReader {
  public:
    TensorReader(ProtoInput& input, ByteRange range, std::optional<OnnxProblem>& problem)
        : input_(input), range_(range), problem_(problem) {}

    std::optional<OnnxTensor> run() {
        ProtoMessage message(input_, range_);
        while (const auto field = message.next()) take(*field);
        if (!input_.ok() || problem_) return std::nullopt;
        const DataType* const type = find_type(type_);
        if (type == nullptr) return refuse("it has the data type " + std::to_string(type_) + ", which is unknown");
        tensor_.type = type->name;
        const auto values = number_of_values();
        if (!values) return std::nullopt;
        if (type->bits != 0) {
            std::uint64_t bits = 0;
            if (__builtin_mul_overflow(*values, std::uint64_t{type->bits}, &bits) || bits > UINT64_MAX - 7) {
                return refuse("its shape has more values than 64 bits count");
            }
            tensor_.bytes = (bits + 7) / 8;
        }
        if (external_ || !external_data_.empty() ? !outside(*type) : !inside(*type, *values)) return std::nullopt;
        return std::move(tensor_);
    }

  private:
    std::nullopt_t refuse(std::string what, OnnxProblem::Kind kind = OnnxProblem::Kind::tensor) {
        if (!problem_) problem_ = OnnxProblem{kind, "the tensor \"" + tensor_.name + "\": " + std::move(what), range_.begin};
        return std::nullopt;
    }

    void take(const ProtoField& field) {
        switch (field.number) {
            case kDims:
                for_each_integer(input_, field, [&](std::uint64_t size) {
                    if (tensor_.shape.size() < kMostDimensions) {
                        tensor_.shape.push_back(size);
                    } else {
                        refuse("it has more than " + std::to_string(kMostDimensions) + " dimensions");
                    }
                });
                break;
            case kDataType: type_ = field.value; break;
            case kName: tensor_.name = input_.text(field); break;
            case kSegment: refuse("it is a segment of a tensor, which no loader puts together"); break;
            case kRawData: raw_ = field.bytes; break;
            case kStringData: entries_[kStringData] += 1; break;
            case kFloatData:
            case kInt32Data:
            case kInt64Data:
            case kDoubleData:
            case kUint64Data: entries_[field.number] += count_numbers(input_, field, array_type(field.number)); break;
            case kExternalData: read_pair(field.bytes); break;
            case kDataLocation: external_ = field.value == kExternal; break;
            default: break;
        }
    }

    void read_pair(ByteRange range) {
        std::string key;
        std::string value;
        ProtoMessage message(input_, range);
        while (const auto field = message.next()) (field->number == 1 ? key : value) = input_.text(*field);
        static constexpr std::string_view kKeys[] = {"location", "offset", "length", "checksum", "basepath"};
        if (std::find(std::begin(kKeys), std::end(kKeys), key) == std::end(kKeys)) {
            refuse("its external data have the key \"" + key + "\", which is unknown", OnnxProblem::Kind::external_data);
        } else if (!external_data_.emplace(key, value).second) {
            refuse("its external data have the key \"" + key + "\" twice", OnnxProblem::Kind::external_data);
        }
    }

    std::optional<std::uint64_t> number_of_values() {
        std::uint64_t values = 1;
        for (const std::uint64_t size : tensor_.shape) {
            if (size > INT64_MAX) return refuse("a dimension is negative");
            if (__builtin_mul_overflow(values, size, &values)) return refuse("its shape has more values than 64 bits count");
        }
        return values;
    }

    // Values within the model.
    bool inside(const DataType& type, std::uint64_t values) {
        std::uint64_t others = 0;
        for (const auto& [array, count] : entries_) others += array == type.array ? 0 : count;
        const std::uint64_t entries = entries_[type.array];
        if (others != 0 || (raw_ && entries != 0)) {
            refuse("its values stand in two places, or in the array of another type");
            return false;
        }
        if (raw_) {
            if (type.bits == 0) refuse("it holds text as raw data");
            if (raw_->size() != tensor_.bytes) {
                refuse("its shape and type ask for " + std::to_string(tensor_.bytes) + " bytes, raw_data has " + std::to_string(raw_->size()));
            }
            return !problem_;
        }
        // Divided, not multiplied: the number of values is the attacker's.
        const std::uint64_t groups = values / type.values + (values % type.values != 0 ? 1 : 0);
        if (entries % type.entries != 0 || entries / type.entries != groups) {
            refuse("its shape asks for " + std::to_string(values) + " values, its array has " + std::to_string(entries) + " entries");
        }
        return !problem_;
    }

    // Values in a file beside the model.
    bool outside(const DataType& type) {
        std::uint64_t entries = raw_ ? raw_->size() : 0;
        for (const auto& [array, count] : entries_) entries += count;
        const auto kind = OnnxProblem::Kind::external_data;
        if (!external_ || entries != 0) {
            refuse("it says that its values are in the model and that they are in another file", kind);
            return false;
        }
        if (type.bits == 0) refuse("it keeps text in another file", kind);
        const std::string& location = external_data_["location"];
        if (!is_inner_path(location)) {
            refuse("its values are in \"" + location + "\", which is no plain path within the model's folder",
                   OnnxProblem::Kind::external_location);
        }
        if (!external_data_["basepath"].empty()) {
            refuse("its external data have a base path, \"" + external_data_["basepath"] + "\": loaders look for the file in different folders",
                   OnnxProblem::Kind::external_location);
        }
        tensor_.file = location;
        if (const auto found = external_data_.find("offset"); found != external_data_.end()) {
            const auto offset = decimal(found->second);
            if (!offset) refuse("the offset of its external data is \"" + found->second + "\", no decimal number", kind);
            tensor_.offset = offset.value_or(0);
        }
        if (const auto found = external_data_.find("length"); found != external_data_.end()) {
            const auto length = decimal(found->second);
            if (!length) refuse("the length of its external data is \"" + found->second + "\", no decimal number", kind);
            if (length.value_or(tensor_.bytes) != tensor_.bytes) {
                refuse("its shape and type ask for " + std::to_string(tensor_.bytes) + " bytes, its external data have the length " + found->second, kind);
            }
        }
        return !problem_;
    }

    ProtoInput& input_;
    ByteRange range_;
    std::optional<OnnxProblem>& problem_;
    OnnxTensor tensor_;
    std::uint64_t type_ = 0;
    bool external_ = false;
    std::optional<ByteRange> raw_;
    std::map<std::uint32_t, std::uint64_t> entries_;
    std::map<std::string, std::string> external_data_;
};

}  // namespace

std::optional<OnnxTensor> read_onnx_tensor(ProtoInput& input, ByteRange range, std::optional<OnnxProblem>& problem) {
    return TensorReader(input, range, problem).run();
}

}  // namespace headgate::formats
