// pickle_arrays.cpp: joblib writes the memory of an array right behind the BUILD of its NumpyArrayWrapper
// (joblib/numpy_pickle.py, models.md 2.3): for object arrays a pickle of their own, else an optional padding byte count with
// padding, then shape times item size bytes. What follows is the rest of the outer stream.
//
// pickle.load knows nothing of this and runs the array's bytes as opcodes. Random numbers stop it at once; bytes that
// import something are a trick.
#include <charconv>

#include "formats/pickle_literals.hpp"
#include "formats/pickle_vm.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kMostTypes = 65'536;
constexpr std::uint32_t kMostLevels = 4;
constexpr std::size_t kMostCopied = 4U << 20U;  // values copied to look for code in one array

bool plain_name(std::string_view text) {
    if (text.empty()) return false;
    for (const char c : text) {
        const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
        if (!fine) return false;
    }
    return true;
}

}  // namespace

// numpy.dtype('f8', ...): a letter and the item size; U counts characters of four bytes.
void PickleVm::note_dtype(Value object, const std::vector<Value>& arguments) {
    if (facts_.import_name(object.callee()) != "numpy.dtype" || arguments.empty() || dtypes_.size() >= kMostTypes) return;
    const std::string text = text_of(arguments[0]).value_or("");
    ArrayType type;
    if (text.size() >= 2) {
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + 1, end, type.item_size);
        type.known = error == std::errc{} && stop == end && type.item_size < (1ULL << 31U);
        if (text[0] == 'U') type.item_size *= 4;
        type.object = text[0] == 'O';
        type.known = type.known && std::string_view("?biufcSUVMmO").find(text[0]) != std::string_view::npos;
        // A record's items may be objects: its state says so.
        if (text[0] == 'V') type.known = false;
    }
    dtypes_[object.identity()] = type;
}

// State of numpy.dtype: (version, order, subdtype, names, fields, itemsize, alignment, flags).
void PickleVm::note_dtype_state(Value object, Value state) {
    const auto found = dtypes_.find(object.identity());
    if (found == dtypes_.end()) return;
    ArrayType& type = found->second;
    std::vector<Value> items;
    if (!tuples_.items(state, items) || items.size() < 8) {
        type.known = false;
        return;
    }
    if (items[3].is(Kind::none) && items[2].is(Kind::none)) return;  // plain type: only the byte order
    type.known = items[5].is(Kind::integer) && items[7].is(Kind::integer) && items[5].integer() > 0;
    if (!type.known) return;
    type.item_size = static_cast<std::uint64_t>(items[5].integer());
    type.object = (items[7].integer() & 1) != 0;  // NPY_ITEM_HASOBJECT
}

std::optional<Value> PickleVm::state_entry(std::string_view key) const {
    for (std::size_t i = 0; i + 1 < last_items_.size(); i += 2) {
        if (text_of(last_items_[i]) == key) return last_items_[i + 1];
    }
    return std::nullopt;
}

bool PickleVm::object_array() {
    if (level_ >= kMostLevels) {
        end(StreamEnd::Status::limit, "object arrays are nested too deep");
        return false;
    }
    PickleVm inner(source_, facts_, level_ + 1);
    inner.without_arrays();
    StreamEnd ended = inner.run(cursor_.offset());
    if (ended.status != StreamEnd::Status::stopped) {
        end_ = std::move(ended);
        return false;
    }
    cursor_.seek(ended.at);
    return true;
}

bool PickleVm::inline_array(Value state) {
    const auto unread = [&](std::string why) {
        end(StreamEnd::Status::limit, "the length of a joblib array cannot be told: " + std::move(why));
        return false;
    };
    frame_end_ = UINT64_MAX;  // the array stands between two frames
    if (state.identity() != last_dict_.identity()) return unread("its wrapper has no plain state");
    const auto dtype = state_entry("dtype");
    const auto shape_value = state_entry("shape");
    if (!dtype || !shape_value) return unread("its wrapper has no dtype or no shape");
    const auto type = dtypes_.find(dtype->identity());
    if (type == dtypes_.end() || !type->second.known) return unread("its dtype is not a plain one");
    if (type->second.object) return object_array();
    std::vector<Value> shape;
    if (!tuples_.items(*shape_value, shape)) return unread("its shape is no tuple of numbers");
    std::uint64_t length = type->second.item_size;
    for (const Value dimension : shape) {
        if (!dimension.is(Kind::integer) || dimension.integer() < 0) return unread("its shape is no tuple of numbers");
        if (__builtin_mul_overflow(length, static_cast<std::uint64_t>(dimension.integer()), &length)) {
            return broken("an array is larger than any file");
        }
    }
    if (!hides_code(length)) return false;
    const auto alignment = state_entry("numpy_array_alignment_bytes");
    if (alignment && !alignment->is(Kind::none)) {
        const auto padding = cursor_.u8();
        if (!padding || !cursor_.skip(*padding)) return truncated();
    }
    return cursor_.skip(length) ? true : broken("it ends inside a joblib array");
}

// Goes on as pickle.load would, from the same stack and memo, and looks whether that imports anything.
bool PickleVm::hides_code(std::uint64_t length) {
    if (length < 4) return true;
    const std::size_t copied = stack_.size() + memo_.size();
    if (copied > kMostCopied || !facts_.context().budget.step(64 + copied / 8)) {
        end(StreamEnd::Status::limit, "too many values are alive to look for code in a joblib array");
        return false;
    }
    Evidence evidence;
    ParseContext& outer = facts_.context();
    ParseContext context{outer.limits, outer.budget, evidence, outer.path, outer.member, outer.depth, outer.sha256_hex};
    PickleFacts facts(context);
    PickleVm probe(source_, facts, level_ + 1);
    probe.without_arrays();
    probe.stack_ = stack_;
    probe.marks_ = marks_;
    probe.fence_ = fence_;
    probe.memo_ = memo_;
    probe.memo_count_ = memo_count_;
    probe.opcodes_ = opcodes_;
    probe.protocol_ = protocol_;
    probe.begin_ = begin_;
    probe.cursor_.seek(cursor_.offset());
    // Values that are imports carry numbers of the other table: only new imports count here.
    for (Value& value : probe.stack_) value = value.callee() == Value::kNoGlobal ? value : Value(Kind::unknown, 1);
    for (Value& value : probe.memo_) value = value.callee() == Value::kNoGlobal ? value : Value(Kind::unknown, 1);
    const std::uint64_t last = cursor_.offset() + std::min<std::uint64_t>(length + 256, source_.size() - cursor_.offset());
    for (std::uint32_t steps = 0; steps < 100'000 && probe.cursor_.offset() < last; ++steps) {
        probe.at_ = probe.cursor_.offset();
        const auto opcode = probe.cursor_.u8();
        ++probe.opcodes_;
        if (!opcode || !probe.step(*opcode) || probe.stopped_) break;
    }
    for (const Import& import : evidence.imports) {
        if (!plain_name(import.module) || !plain_name(import.name)) continue;
        facts_.finding("code-in-array",
                       "the memory of an array imports \"" + import.module + "." + import.name + "\" when pickle reads it",
                       import.where.offset.value_or(at_),
                       "joblib skips these bytes as numbers, pickle.load runs them as opcodes.", Severity::critical);
        outer.evidence.imports.push_back(import);
        return true;
    }
    return true;
}

}  // namespace headgate::formats
