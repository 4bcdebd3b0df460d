// pickle_arrays.cpp: joblib writes the memory of an array right behind the BUILD of its NumpyArrayWrapper
// (joblib/numpy_pickle.py, models.md 2.3): for object arrays a pickle of their own, else an optional padding byte count with
// padding, then shape times item size bytes. What follows is the rest of the outer stream.
//
// pickle.load knows nothing of this and runs the array's bytes as opcodes: pickle.cpp has another machine do the same. So that joblib
// and this machine agree on where an array ends, its wrapper's state and its dtype must be as joblib and numpy write them.
#include <algorithm>
#include <charconv>

#include "formats/pickle_literals.hpp"
#include "formats/pickle_vm.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kMostTypes = 65'536;
constexpr std::uint32_t kMostLevels = 4;
constexpr std::size_t kMostRefilled = 200'000;
constexpr std::int64_t kHasObject = 1;          // NPY_ITEM_HASOBJECT

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
        type.letter = text[0];
        if (text[0] == 'U') type.item_size *= 4;
        type.object = text[0] == 'O';
        type.known = type.known && std::string_view("?biufcSUVMmO").find(text[0]) != std::string_view::npos;
        // A record's items may be objects: its state says so.
        if (text[0] == 'V') type.known = false;
    }
    dtypes_[object.identity()] = type;
}

// An entry of the dict of a record's fields: (dtype, offset), with a title perhaps.
void PickleVm::note_field(Value dict, Value field) {
    std::vector<Value> parts;
    if (!tuples_.items(field, parts) || parts.size() < 2) return;
    const auto type = dtypes_.find(parts[0].identity());
    if (type == dtypes_.end() || !parts[1].is(Kind::integer) || fields_.size() >= kMostTypes) return;
    Fields& fields = fields_[dict.identity()];
    ++fields.count;
    fields.known = fields.known && type->second.known && parts[1].integer() >= 0;
    fields.object = fields.object || type->second.object;
    fields.end = std::max(fields.end, static_cast<std::uint64_t>(std::max<std::int64_t>(parts[1].integer(), 0)) + type->second.item_size);
}

// State of numpy.dtype: (version, order, subdtype, names, fields, itemsize, alignment, flags, and metadata perhaps), as its
// __setstate__ takes it. numpy believes the flags; where they leave out an object it follows a pointer from the file.
void PickleVm::note_dtype_state(Value object, Value state) {
    const auto found = dtypes_.find(object.identity());
    if (found == dtypes_.end()) return;
    ArrayType& type = found->second;
    std::vector<Value> items, parts;
    if (!tuples_.items(state, items) || items.size() < 8 || !items[5].is(Kind::integer) || !items[7].is(Kind::integer)) {
        type.known = false;
        return;
    }
    const std::int64_t size = items[5].integer();
    const bool flagged = (items[7].integer() & kHasObject) != 0;
    bool certain = type.letter != 0;
    std::uint64_t least = 0;
    if (!items[2].is(Kind::none)) {                   // an array of another type: (dtype, shape)
        const auto base = tuples_.items(items[2], parts) && parts.size() == 2 ? dtypes_.find(parts[0].identity()) : dtypes_.end();
        certain = base != dtypes_.end() && base->second.known;
        type.object = base != dtypes_.end() && base->second.object;
        least = base != dtypes_.end() ? base->second.item_size : 0;
    } else if (!items[3].is(Kind::none) || !items[4].is(Kind::none)) {
        const auto fields = fields_.find(items[4].identity());
        certain = tuples_.items(items[3], parts) && fields != fields_.end() && fields->second.known && fields->second.count == parts.size();
        type.object = fields != fields_.end() && fields->second.object;
        least = fields != fields_.end() ? fields->second.end : 0;
        if (type.letter != 'V' && type.letter != 0) certain = false;      // numpy ignores the fields, or does not
    } else {                                          // plain: only the byte order
        const bool sized = type.letter == 'S' || type.letter == 'U' || type.letter == 'V';
        type.known = type.letter == 'V' ? size > 0 : type.known && (size == -1 || (sized && size == static_cast<std::int64_t>(type.item_size)));
        if (type.letter == 'V' && size > 0) type.item_size = static_cast<std::uint64_t>(size);
        if (certain && flagged != type.object) contradiction("flags");
        return;
    }
    if (certain && flagged != type.object) contradiction("flags");
    if (certain && (size < 0 || static_cast<std::uint64_t>(size) < least)) contradiction("size");
    type.known = certain && size > 0 && flagged == type.object;
    if (type.known) type.item_size = static_cast<std::uint64_t>(size);
}

void PickleVm::contradiction(std::string_view what) {
    facts_.finding("dtype", "the state of a numpy.dtype contradicts itself: its " + std::string(what) + " and its fields disagree", at_,
                   "numpy takes numbers from the file for addresses of objects, or reads beyond an item.");
}

// One dict that one opcode filled, as picklers do, with these keys once each: every reader sees the same state.
bool PickleVm::is_plain_state(Value state, std::initializer_list<std::string_view> keys) const {
    if (!state.is(Kind::dict) || state.identity() != last_dict_.identity()) return false;
    if (refilled_.size() >= kMostRefilled || refilled_.contains(state.identity())) return false;
    std::vector<std::string> seen;
    for (std::size_t i = 0; i + 1 < last_items_.size(); i += 2) {
        auto key = text_of(last_items_[i]);
        if (!key || std::find(keys.begin(), keys.end(), *key) == keys.end()) return false;
        if (std::find(seen.begin(), seen.end(), *key) != seen.end()) return false;
        seen.push_back(std::move(*key));
    }
    return true;
}

// joblib up to 0.9: an array in a file of its own, which numpy.load opens, objects and all.
void PickleVm::array_in_file(Value state) {
    const auto name = is_plain_state(state, {"filename", "subclass", "allow_mmap", "shape", "init_args", "state"}) ? state_entry("filename") : std::nullopt;
    const std::string file = name ? text_of(*name).value_or("") : "";
    if (!file.empty() && !file.starts_with('.') && file.find_first_of("/\\:") == std::string::npos) return;
    facts_.finding("external-file",
                   file.empty() ? "joblib reads an array from a file that no plain state names" : "joblib reads an array from \"" + file + "\", which is no plain file name",
                   at_, "Loading would read a file outside of the model's folder.");
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
    passed_arrays_ = true;
    if (!is_plain_state(state, {"subclass", "shape", "order", "dtype", "allow_mmap", "numpy_array_alignment_bytes"})) {
        return unread("its wrapper has no plain state");
    }
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
    const auto alignment = state_entry("numpy_array_alignment_bytes");
    if (alignment && !alignment->is(Kind::none)) {
        const auto padding = cursor_.u8();
        if (!padding || !cursor_.skip(*padding)) return truncated();
    }
    return cursor_.skip(length) ? true : broken("it ends inside a joblib array");
}

}  // namespace headgate::formats
