#include "formats/tensorflow_checkpoint.hpp"

#include "base/text.hpp"
#include "formats/sstable.hpp"
#include "formats/tensorflow_schema.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kMostBytes = 256U << 20U;
constexpr std::string_view kEnding = ".index";

// tensorflow/core/framework/types.proto; 0 bytes: of no fixed size.
struct DataType {
    std::uint64_t number;
    std::string_view name;
    unsigned bytes;
};
constexpr DataType kTypes[] = {
    {1, "FLOAT", 4},    {2, "DOUBLE", 8},  {3, "INT32", 4},    {4, "UINT8", 1},     {5, "INT16", 2},       {6, "INT8", 1},    {7, "STRING", 0},
    {8, "COMPLEX64", 8}, {9, "INT64", 8},  {10, "BOOL", 1},    {11, "QINT8", 1},    {12, "QUINT8", 1},     {13, "QINT32", 4}, {14, "BFLOAT16", 2},
    {15, "QINT16", 2},  {16, "QUINT16", 2}, {17, "UINT16", 2}, {18, "COMPLEX128", 16}, {19, "HALF", 2},    {20, "RESOURCE", 0}, {21, "VARIANT", 0},
    {22, "UINT32", 4},  {23, "UINT64", 8}, {24, "FLOAT8_E5M2", 1}, {25, "FLOAT8_E4M3FN", 1},
};

struct Entry {
    std::uint64_t type = 0, shard = 0, offset = 0, bytes = 0;
    std::vector<std::uint64_t> shape;
    bool sliced = false;                 // the values are in entries of their own
};

std::string five_digits(std::uint64_t value) {
    const std::string digits = std::to_string(value);
    return std::string(5 - std::min<std::size_t>(digits.size(), 5), '0') + digits;
}

class Checkpoint {
  public:
    Checkpoint(ParseContext& context) : context_(context) {
        prefix_ = std::string(context.name());
        prefix_.resize(prefix_.size() - std::min(prefix_.size(), kEnding.size()));
    }

    bool take(std::string_view key, ByteView value) {
        MemorySource source(value);
        ProtoInput input(source, context_.budget);
        if (key.empty() != (shards_ == 0)) return refuse("its first entry is not the only header");
        if (!check_message(input, input.whole(), key.empty() ? tensorflow::checkpoint_header() : tensorflow::checkpoint_entry())) {
            return refuse("the entry \"" + to_valid_utf8(key) + "\": " + input.problem());
        }
        return key.empty() ? take_header(input) : take_entry(to_valid_utf8(key), input);
    }

    const std::string& problem() const { return problem_; }
    bool too_many() const { return too_many_; }
    bool has_header() const { return shards_ != 0; }

    void record() {
        context_.format("tensorflow-checkpoint", true);
        std::move(tensors_.begin(), tensors_.end(), std::back_inserter(context_.evidence.tensors));
        std::move(entries_.begin(), entries_.end(), std::back_inserter(context_.evidence.index_entries));
    }

  private:
    bool refuse(std::string problem) {
        if (problem_.empty()) problem_ = std::move(problem);
        return false;
    }

    bool take_header(ProtoInput& input) {
        std::uint64_t endianness = 0;
        ProtoMessage header(input, input.whole());
        while (const auto field = header.next()) {
            if (field->number == 1) shards_ = field->value;
            if (field->number == 2) endianness = field->value;
        }
        if (shards_ == 0 || shards_ > 99'999) return refuse("it has " + std::to_string(shards_) + " shards");
        return endianness == 0 || refuse("it is of a machine of the other byte order");
    }

    bool take_entry(const std::string& name, ProtoInput& input) {
        const Entry entry = read(input);
        const std::string of = "the tensor \"" + name + "\" ";
        if (entry.shard >= shards_) return refuse(of + "is in shard " + std::to_string(entry.shard) + " of " + std::to_string(shards_));
        if (entry.offset > INT64_MAX || entry.bytes > INT64_MAX) return refuse(of + "has a negative offset or size");
        const DataType* type = nullptr;
        for (const DataType& one : kTypes) type = one.number == entry.type ? &one : type;
        std::uint64_t values = 1;
        bool fits = true;
        for (const std::uint64_t size : entry.shape) fits = fits && size <= INT64_MAX && !__builtin_mul_overflow(values, size, &values);
        if (type != nullptr && type->bytes != 0) fits = fits && !__builtin_mul_overflow(values, std::uint64_t{type->bytes}, &values);
        if (!fits || (type != nullptr && type->bytes != 0 && !entry.sliced && values != entry.bytes)) {
            return refuse(of + "has " + std::to_string(entry.bytes) + " bytes, which is not what its shape and type ask for");
        }
        if (entry.sliced) return true;
        too_many_ = tensors_.size() >= context_.limits.facts;
        if (too_many_) return false;
        const std::string shard = prefix_ + ".data-" + five_digits(entry.shard) + "-of-" + five_digits(shards_);
        tensors_.push_back({context_.whole(), name, type == nullptr ? "type " + std::to_string(entry.type) : std::string(type->name), entry.shape, entry.bytes});
        entries_.push_back({context_.whole(), name, shard, entry.offset, entry.bytes});
        return true;
    }

    static Entry read(ProtoInput& input) {
        Entry entry;
        ProtoMessage message(input, input.whole());
        while (const auto field = message.next()) {
            switch (field->number) {
                case 1: entry.type = field->value; break;
                case 2: read_shape(input, field->bytes, entry.shape); break;
                case 3: entry.shard = field->value; break;
                case 4: entry.offset = field->value; break;
                case 5: entry.bytes = field->value; break;
                case 7: entry.sliced = true; break;
                default: break;
            }
        }
        return entry;
    }

    static void read_shape(ProtoInput& input, ByteRange range, std::vector<std::uint64_t>& shape) {
        ProtoMessage message(input, range);
        while (const auto field = message.next()) {
            if (field->number != 2) continue;
            std::uint64_t size = 0;
            ProtoMessage dimension(input, field->bytes);
            while (const auto inner = dimension.next()) size = inner->number == 1 ? inner->value : size;
            shape.push_back(size);
        }
    }

    ParseContext& context_;
    std::string prefix_;
    std::uint64_t shards_ = 0;
    std::string problem_;
    bool too_many_ = false;
    std::vector<Tensor> tensors_;
    std::vector<IndexEntry> entries_;
};

}  // namespace

bool sniff_tensorflow_checkpoint(ByteSource& source, std::string_view name) {
    if (!ascii_lower(name).ends_with(kEnding) || source.size() < kSstableMagic.size()) return false;
    const auto tail = source.view(source.size() - kSstableMagic.size(), kSstableMagic.size());
    return tail && as_text(*tail) == kSstableMagic;
}

Examined parse_tensorflow_checkpoint(ByteSource& source, ParseContext& context) {
    const auto bytes = source.size() <= kMostBytes ? source.all() : std::nullopt;
    if (!bytes) {
        if (!source.failure()) context.unscannable("tensorflow", "the index of the checkpoint is larger than the limit allows", context.whole());
        return Examined::partly;
    }
    Checkpoint checkpoint(context);
    SstableProblem problem = read_sstable(*bytes, context.budget, [&](std::string_view key, ByteView value) { return checkpoint.take(key, value); });
    if (problem.unscannable || checkpoint.too_many() || context.budget.exhausted()) {
        context.unscannable("tensorflow", problem.unscannable ? problem.message : "more tensors than the limit allows", context.at(problem.at));
        return Examined::partly;
    }
    if (!checkpoint.problem().empty()) problem.message = checkpoint.problem();
    if (problem.message.empty() && !checkpoint.has_header()) problem.message = "it is empty";
    if (!problem.message.empty()) {
        context.finding("tensorflow.checkpoint", Severity::high, "the index of the checkpoint is broken: " + problem.message, context.at(problem.at),
                        "A loader that trusts the index takes other bytes for weights than were saved, or reads past their end.",
                        "Save the checkpoint anew.");
        return Examined::partly;
    }
    checkpoint.record();
    return Examined::whole;
}

}  // namespace headgate::formats
