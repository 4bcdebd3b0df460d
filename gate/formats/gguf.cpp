#include "formats/gguf.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/text.hpp"
#include "formats/chat_template.hpp"
#include "formats/gguf_types.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kMaxKey = 65'535;
constexpr std::uint64_t kMaxArray = 1ULL << 30U;
constexpr std::uint64_t kMaxAlignment = 1ULL << 20U;
constexpr std::uint64_t kMinPair = 8 + 1 + 4 + 1;  // a key of one byte, its type, a byte of value
constexpr std::uint64_t kMinInfo = 8 + 4 + 4 + 8;  // an empty name, no dimensions
constexpr std::uint64_t kNameLimit = 64;           // GGML_MAX_NAME, with its NUL
constexpr std::uint32_t kMaxDimensions = 4;
constexpr std::uint64_t kMaxSize = 0x7fff'ffff'ffff'ffffULL;  // the reference counts in int64

struct PendingTemplate {
    std::string label;
    ByteView text;
    std::uint64_t offset;
};

class GgufParser {
  public:
    GgufParser(ByteSource& source, ParseContext& context) : source_(source), context_(context), cursor_(source) {}

    Examined run() {
        if (!header() || !pairs() || !infos() || !layout()) return Examined::partly;
        context_.format("gguf");
        std::move(tensors_.begin(), tensors_.end(), std::back_inserter(context_.evidence.tensors));
        for (const PendingTemplate& pending : templates_) {
            report_template(as_text(pending.text), pending.label, context_.at(pending.offset), context_,
                            pending.offset);
        }
        return Examined::whole;
    }

  private:
    bool refuse(std::string_view id, std::string message, std::uint64_t offset) {
        if (source_.failure()) return false;  // ours, not the file's; the caller asks
        context_.finding(
            "gguf." + std::string(id), Severity::high, std::move(message), context_.at(offset),
            "Loaders that trust such a field read or write outside their buffers, or disagree about the file.",
            "Convert the model to GGUF again with a current tool.");
        return false;
    }
    bool cut(std::string_view what) {
        return refuse("truncated", "the file ends inside " + std::string(what), cursor_.offset());
    }
    bool spent() {
        context_.unscannable("gguf", "the metadata needs more steps than the limit allows",
                             context_.at(cursor_.offset()));
        return false;
    }

    bool header() {
        const auto magic = cursor_.take(4);
        if (!magic || as_text(*magic) != "GGUF") return refuse("bad-magic", "the file does not begin with \"GGUF\"", 0);
        const auto version = cursor_.little<std::uint32_t>();
        if (!version) return cut("the header");
        if (*version != 2 && *version != 3) {
            const bool swapped = (*version & 0xffffU) == 0;
            return refuse("bad-version",
                          "version " + std::to_string(*version) +
                              (swapped ? " (a byte-swapped file) is not supported" : " is not 2 or 3"),
                          4);
        }
        const auto tensors = cursor_.little<std::uint64_t>();
        const auto pairs = cursor_.little<std::uint64_t>();
        if (!tensors || !pairs) return cut("the header");
        if (*tensors > cursor_.remaining() / kMinInfo) {
            return refuse("bad-tensor-count", std::to_string(*tensors) + " tensors do not fit into the file", 8);
        }
        if (*pairs > cursor_.remaining() / kMinPair) {
            return refuse("bad-pair-count", std::to_string(*pairs) + " key-value pairs do not fit into the file", 16);
        }
        if (*tensors > context_.limits.facts || *pairs > context_.limits.facts) {
            context_.unscannable("gguf", "more tensors or key-value pairs than the limit allows", context_.at(8));
            return false;
        }
        tensor_count_ = *tensors;
        pair_count_ = *pairs;
        return true;
    }

    std::optional<ByteView> string(std::string_view what) {
        const std::uint64_t start = cursor_.offset();
        const auto length = cursor_.little<std::uint64_t>();
        if (!length) {
            cut(what);
            return std::nullopt;
        }
        const auto bytes = *length <= cursor_.remaining() ? cursor_.take(*length) : std::nullopt;
        if (!bytes) {
            refuse("bad-string-length",
                   std::string(what) + " claims " + std::to_string(*length) + " bytes, " +
                       std::to_string(cursor_.remaining()) + " are left",
                   start);
        }
        return bytes;
    }

    bool pairs() {
        std::unordered_set<std::string> seen;
        for (std::uint64_t i = 0; i < pair_count_; ++i) {
            if (!context_.budget.step()) return spent();
            const std::uint64_t start = cursor_.offset();
            const auto bytes = string("a key");
            if (!bytes) return false;
            const std::string key(as_text(*bytes));
            if (key.empty() || key.size() > kMaxKey) {
                return refuse("bad-key", "a key has " + std::to_string(key.size()) + " bytes; 1 to 65535 are allowed",
                              start);
            }
            if (!std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < '\x7f'; })) {
                return refuse("bad-key", "the key \"" + key + "\" holds characters other than printable ASCII", start);
            }
            if (!seen.insert(key).second) {
                return refuse("duplicate-key",
                              "the key \"" + key + "\" stands twice: readers disagree on which one counts", start);
            }
            if (!value(key)) return false;
        }
        return true;
    }

    bool value(const std::string& key) {
        const std::uint64_t start = cursor_.offset();
        const auto type = cursor_.little<std::uint32_t>();
        if (!type) return cut("the type of \"" + key + "\"");
        if (*type >= kGgufTypes)
            return refuse("bad-value-type", "\"" + key + "\" has the unknown type " + std::to_string(*type), start);
        const auto kind = static_cast<GgufType>(*type);
        const bool is_template = key == "tokenizer.chat_template" || key.starts_with("tokenizer.chat_template.");
        if (is_template && kind != GgufType::string) {
            return refuse("bad-template-type", "\"" + key + "\" must be a string", start);
        }
        if (key == "general.alignment") return alignment(kind, start);
        if (kind == GgufType::array) return array(key);
        if (kind == GgufType::string) {
            const auto text = string("the value of \"" + key + "\"");
            if (!text) return false;
            if (is_template) templates_.push_back({key, *text, cursor_.offset() - text->size()});
            return true;
        }
        return scalars(key, kind, 1);
    }

    bool alignment(GgufType kind, std::uint64_t start) {
        if (kind != GgufType::u32) return refuse("bad-alignment", "general.alignment must be a UINT32", start);
        const auto alignment = cursor_.little<std::uint32_t>();
        if (!alignment) return cut("general.alignment");
        if (*alignment == 0 || (*alignment & (*alignment - 1)) != 0 || *alignment > kMaxAlignment) {
            return refuse("bad-alignment",
                          "general.alignment " + std::to_string(*alignment) + " is not a power of two of at most 1 MiB",
                          start);
        }
        alignment_ = *alignment;
        return true;
    }

    bool array(const std::string& key) {
        const std::uint64_t start = cursor_.offset();
        const auto type = cursor_.little<std::uint32_t>();
        const auto count = cursor_.little<std::uint64_t>();
        if (!type || !count) return cut("the array \"" + key + "\"");
        if (*type >= kGgufTypes || static_cast<GgufType>(*type) == GgufType::array) {
            return refuse("bad-value-type", "the array \"" + key + "\" has elements of type " + std::to_string(*type),
                          start);
        }
        const auto kind = static_cast<GgufType>(*type);
        const std::uint64_t least = kind == GgufType::string ? 8 : gguf_type_size(kind);
        if (*count > kMaxArray || *count > cursor_.remaining() / least) {
            return refuse(
                "bad-array-length",
                "the array \"" + key + "\" claims " + std::to_string(*count) + " elements, more than fit into the file",
                start);
        }
        if (kind != GgufType::string) return scalars(key, kind, *count);
        for (std::uint64_t i = 0; i < *count; ++i) {
            if (!context_.budget.step()) return spent();
            if (!string("an element of \"" + key + "\"")) return false;
        }
        return true;
    }

    bool scalars(const std::string& key, GgufType kind, std::uint64_t count) {
        const std::uint64_t start = cursor_.offset();
        if (kind != GgufType::boolean) {
            return cursor_.skip(count * gguf_type_size(kind)) || cut("the value of \"" + key + "\"");
        }
        if (!context_.budget.step(count)) return spent();
        const auto bytes = cursor_.take(count);
        if (!bytes) return cut("the value of \"" + key + "\"");
        if (std::any_of(bytes->begin(), bytes->end(), [](std::uint8_t byte) { return byte > 1; })) {
            return refuse("bad-boolean", "a boolean of \"" + key + "\" is neither 0 nor 1", start);
        }
        return true;
    }

    bool infos() {
        std::unordered_set<std::string> seen;
        for (std::uint64_t i = 0; i < tensor_count_; ++i) {
            if (!context_.budget.step()) return spent();
            if (!info(seen)) return false;
        }
        return true;
    }

    bool info(std::unordered_set<std::string>& seen) {
        const std::uint64_t start = cursor_.offset();
        const auto bytes = string("a tensor name");
        if (!bytes) return false;
        Tensor tensor;
        tensor.name = as_text(*bytes);
        const std::string of = " of tensor \"" + tensor.name + "\"";
        if (tensor.name.size() >= kNameLimit) {
            return refuse("bad-tensor-name",
                          "a tensor name has " + std::to_string(tensor.name.size()) + " bytes, 63 are allowed", start);
        }
        if (!is_utf8(tensor.name) || has_control_characters(tensor.name)) {
            return refuse("bad-tensor-name",
                          "a tensor name holds control characters or no UTF-8: \"" + tensor.name + "\"", start);
        }
        if (!seen.insert(tensor.name).second) {
            return refuse("duplicate-tensor", "tensor \"" + tensor.name + "\" stands twice", start);
        }
        const auto dimensions = cursor_.little<std::uint32_t>();
        if (!dimensions) return cut("the dimensions" + of);
        if (*dimensions > kMaxDimensions) {
            return refuse("bad-dimensions", std::to_string(*dimensions) + " dimensions" + of + ", 4 are allowed",
                          start);
        }
        std::uint64_t elements = 1;
        for (std::uint32_t i = 0; i < *dimensions; ++i) {
            const auto extent = cursor_.little<std::uint64_t>();
            if (!extent) return cut("the dimensions" + of);
            if (*extent > kMaxSize) return refuse("bad-dimensions", "a negative dimension" + of, start);
            if (__builtin_mul_overflow(elements, *extent, &elements) || elements > kMaxSize) {
                return refuse("size-overflow", "the number of elements" + of + " exceeds 63 bits", start);
            }
            tensor.shape.push_back(*extent);
        }
        const auto type_id = cursor_.little<std::uint32_t>();
        const auto offset = cursor_.little<std::uint64_t>();
        if (!type_id || !offset) return cut("the info" + of);
        const GgmlType* type = ggml_type(*type_id);
        if (type == nullptr)
            return refuse("bad-tensor-type", "type " + std::to_string(*type_id) + of + " is unknown or was removed",
                          start);
        const std::uint64_t row = tensor.shape.empty() ? 1 : tensor.shape.front();
        if (row % type->block_elements != 0) {
            return refuse("bad-tensor-shape",
                          "rows of " + std::to_string(row) + " elements" + of + " do not fill blocks of " +
                              std::string(type->name),
                          start);
        }
        if (__builtin_mul_overflow(elements / type->block_elements, std::uint64_t{type->block_bytes}, &tensor.bytes) ||
            tensor.bytes > kMaxSize - kMaxAlignment) {
            return refuse("size-overflow", "the size" + of + " exceeds 63 bits", start);
        }
        tensor.dtype = type->name;
        offsets_.push_back(*offset);
        tensor.where = context_.at(start);
        tensors_.push_back(std::move(tensor));
        return true;
    }

    std::uint64_t padded(std::uint64_t size) const { return (size + alignment_ - 1) & ~(alignment_ - 1); }

    // The reference requires each tensor to lie exactly behind the padded one before it.
    bool layout() {
        const std::uint64_t infos_end = cursor_.offset();
        const std::uint64_t data = padded(infos_end);
        std::uint64_t next = 0;  // relative to data, padded
        std::uint64_t end = infos_end;
        for (std::size_t i = 0; i < tensors_.size(); ++i) {
            Tensor& tensor = tensors_[i];
            if (offsets_[i] != next) {
                return refuse("bad-tensor-offset",
                              "tensor \"" + tensor.name + "\" lies at " + std::to_string(offsets_[i]) +
                                  " of the data, expected " + std::to_string(next),
                              *tensor.where.offset);
            }
            if (tensor.bytes > kMaxSize - kMaxAlignment - data - next) {
                return refuse("size-overflow", "the size of all tensors exceeds 63 bits", *tensor.where.offset);
            }
            if (data + next + tensor.bytes > source_.size()) {
                return refuse("not-enough-data",
                              "tensor \"" + tensor.name + "\" ends at byte " +
                                  std::to_string(data + next + tensor.bytes) + ", the file at " +
                                  std::to_string(source_.size()),
                              *tensor.where.offset);
            }
            if (!zeros(end, data + next)) return false;
            end = data + next + tensor.bytes;
            next = padded(next + tensor.bytes);
            tensor.where = context_.at(end - tensor.bytes);
        }
        const std::uint64_t last = tensors_.empty() ? data : data + next;
        if (source_.size() > last) {
            return refuse("trailing-data",
                          std::to_string(source_.size() - last) + " bytes behind the last tensor belong to nothing",
                          last);
        }
        return zeros(end, source_.size());
    }

    bool zeros(std::uint64_t begin, std::uint64_t end) {
        if (begin == end) return true;
        if (!context_.budget.step()) return spent();
        const auto bytes = source_.view(begin, end - begin);
        if (!bytes) {
            if (!source_.failure())
                context_.unscannable("gguf", "padding cannot be held in memory", context_.at(begin));
            return false;
        }
        if (std::all_of(bytes->begin(), bytes->end(), [](std::uint8_t byte) { return byte == 0; })) return true;
        return refuse("dirty-padding", "padding of " + std::to_string(end - begin) + " bytes is not zero", begin);
    }

    ByteSource& source_;
    ParseContext& context_;
    Cursor cursor_;
    std::uint64_t tensor_count_ = 0;
    std::uint64_t pair_count_ = 0;
    std::uint64_t alignment_ = 32;
    std::vector<Tensor> tensors_;
    std::vector<std::uint64_t> offsets_;
    std::vector<PendingTemplate> templates_;
};

}  // namespace

bool sniff_gguf(ByteSource& source, std::string_view) {
    const auto magic = source.view(0, 4);
    return magic && as_text(*magic) == "GGUF";
}

bool sniff_named_gguf(ByteSource&, std::string_view name) {
    return name.ends_with(".gguf");
}

Examined parse_gguf(ByteSource& source, ParseContext& context) {
    return GgufParser(source, context).run();
}

}  // namespace headgate::formats
