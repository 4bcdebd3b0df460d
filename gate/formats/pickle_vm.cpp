#include "formats/pickle_vm.hpp"

#include "formats/pickle_literals.hpp"
#include "formats/pickle_opcodes.hpp"

namespace headgate::formats {
namespace {

constexpr std::string_view kFrameWhy =
    "Readers differ in what they take from such frames, so that one of them loads what another never saw.";
constexpr std::uint64_t kBatch = 1024;  // opcodes between two looks at the budget
constexpr std::uint64_t kSmallIndex = 255;  // memo indexes that cost nothing
constexpr std::uint64_t kSparse = 64U << 10U;  // memo indexes beyond this end the run
constexpr std::size_t kMostSparse = 4096;      // such indexes of a guess
constexpr std::uint64_t kLong = 64U << 10U;  // literals over this are passed without holding them

// As PyLong_FromString() takes it, base 10: white space around, a sign, zeros, single underscores. Only what a Py_ssize_t holds.
bool lenient_index(std::string_view text, std::uint64_t& index) {
    constexpr std::string_view kSpace = " \t\n\r\f\v";
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return false;
    text = text.substr(first, text.find_last_not_of(kSpace) - first + 1);
    if (text.front() == '+') text.remove_prefix(1);
    bool digit = false;
    for (const char c : text) {
        if (c == '_' && digit) {
            digit = false;
            continue;
        }
        digit = c >= '0' && c <= '9';
        if (!digit || index > (INT64_MAX - 9) / 10) return false;
        index = index * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return digit;
}

// Characters that a number written as text can have; what has others raises a ValueError.
bool like_a_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEFxXoObBlLinfatyINFATY_+-. \t\r") == std::string_view::npos;
}

}  // namespace

StreamEnd PickleVm::run(std::uint64_t begin) {
    begin_ = begin;
    cursor_.seek(begin);
    Budget& budget = facts_.context().budget;
    for (;;) {
        if (opcodes_++ % kBatch == 0 && !budget.step(kBatch)) {
            return end(StreamEnd::Status::limit, "the budget of steps for this file is used up");
        }
        at_ = cursor_.offset();
        if (at_ >= frame_end_) leave_frame();
        const auto opcode = cursor_.u8();
        if (!opcode) {
            broken("it ends without a STOP");
            break;
        }
        if (!step(*opcode) || stopped_) break;
    }
    return end_;
}

StreamEnd PickleVm::end(StreamEnd::Status status, std::string why) {
    end_.status = status;
    end_.at = at_;
    end_.why = std::move(why);
    return end_;
}

bool PickleVm::broken(std::string why) {
    end(source_.failure() ? StreamEnd::Status::unreadable : StreamEnd::Status::broken, std::move(why));
    return false;
}

std::optional<std::string> PickleVm::text_of(Value value) const {
    return value.is(Kind::text) ? literal_text(source_, value.offset()) : std::nullopt;
}

bool PickleVm::underflow() { return broken("it takes more from the stack than is there"); }
bool PickleVm::truncated() { return broken("it ends inside an opcode"); }

bool PickleVm::too_many(std::string_view verb, std::size_t most, std::string_view things) {
    end(StreamEnd::Status::limit, "it " + std::string(verb) + " more than " + std::to_string(most) + " " + std::string(things));
    return false;
}

bool PickleVm::pop(Value& value) {
    if (!top_is_there()) return underflow();
    value = stack_.back();
    stack_.pop_back();
    return true;
}

bool PickleVm::mark() {
    if (marks_.size() >= kMaxStack) return too_many("sets", kMaxStack, "marks");
    marks_.push_back(stack_.size());
    fence_ = stack_.size();
    return true;
}

bool PickleVm::pop_mark(std::size_t& begin) {
    if (marks_.empty()) return broken("it looks for a MARK that is not there");
    begin = marks_.back();
    marks_.pop_back();
    fence_ = marks_.empty() ? 0 : marks_.back();
    return true;
}

// POP takes a mark away when nothing stands above it (CPython's load_pop).
bool PickleVm::pop_opcode() {
    if (!marks_.empty() && marks_.back() == stack_.size()) {
        std::size_t begin = 0;
        return pop_mark(begin);
    }
    Value value;
    return pop(value);
}

bool PickleVm::remember(std::uint64_t index) {
    if (!top_is_there()) return underflow();
    if (index > opcodes_ && index > kSmallIndex) {
        if (guessing_ && index > opcodes_ + kSparse) return remember_sparse(index);
        if (!large_index(index)) return false;
    }
    // An unknown value gets a payload, so that it differs from an empty slot.
    const Value value = stack_.back().identity() == 0 ? Value(Kind::unknown, 1) : stack_.back();
    if (index == memo_.size() && index < kMaxMemo) {      // as picklers count
        ++memo_count_;
        memo_.push_back(value);
        return true;
    }
    if (index >= memo_.size()) {
        if (index >= kMaxMemo) return too_many("memoizes", kMaxMemo);
        memo_.resize(static_cast<std::size_t>(index) + 1);
    }
    Value& slot = memo_[static_cast<std::size_t>(index)];
    if (slot.identity() == 0) ++memo_count_;
    slot = value;
    return true;
}

bool PickleVm::remember_sparse(std::uint64_t index) {
    if (sparse_.size() >= kMostSparse) return too_many("memoizes", kMostSparse, "values far apart");
    sparse_[index] = stack_.back().identity() == 0 ? Value(Kind::unknown, 1) : stack_.back();
    return true;
}

bool PickleVm::large_index(std::uint64_t index) {
    facts_.finding("memo-index", "memo index " + std::to_string(index) + " is larger than the stream is long", at_,
                   "The C unpickler reserves memory for every smaller index: a few bytes take gigabytes.");
    return index <= opcodes_ + kSparse || broken("its memo index " + std::to_string(index) + " is out of all proportion");
}

bool PickleVm::no_entry(std::uint64_t index) {
    return broken("it reads memo entry " + std::to_string(index) + ", which was never set");
}

bool PickleVm::recall(std::uint64_t index) {
    if (const auto sparse = sparse_.find(index); sparse != sparse_.end()) return push(sparse->second.as_shared());
    if (index >= memo_.size() || memo_[static_cast<std::size_t>(index)].identity() == 0) return no_entry(index);
    const Value value = memo_[static_cast<std::size_t>(index)];
    return push(value.is_container() ? value.as_shared() : value);
}

bool PickleVm::text_index(std::uint64_t& index) {
    const auto line = cursor_.line();
    if (!line) return truncated();
    index = 0;
    if (guessing_) return lenient_index(as_text(*line), index) || broken("its memo index is no number");
    bool digits = !line->empty() && line->size() <= 18;
    for (const std::uint8_t c : *line) digits = digits && c >= '0' && c <= '9';
    if (!digits) {
        facts_.finding("memo-index", "a memo index is written as \"" + std::string(as_text(*line).substr(0, 64)) + "\"", at_,
                       "Picklers write plain decimal digits; readers differ in what else they take.");
        return broken("its memo index is not a plain number");
    }
    for (const std::uint8_t c : *line) index = index * 10 + static_cast<std::uint64_t>(c - '0');
    return true;
}

bool PickleVm::protocol() {
    const auto number = cursor_.u8();
    if (!number) return truncated();
    if (at_ != begin_ || *number > 5) {
        facts_.finding("protocol",
                       *number > 5 ? "protocol " + std::to_string(*number) + " does not exist"
                                   : "a PROTO opcode stands in the middle of the stream",
                       at_, "It changes how names are resolved, or hides what follows from readers that stop here.");
    }
    if (*number > 5) return broken("it asks for protocol " + std::to_string(*number));
    protocol_ = *number;
    return true;
}

bool PickleVm::frame() {
    const auto length = cursor_.little<std::uint64_t>();
    if (!length) return truncated();
    const auto bad = [&](const std::string& what) { facts_.finding("bad-frame", what, at_, kFrameWhy); };
    if (protocol_ < 4) bad("a FRAME opcode in a stream of protocol " + std::to_string(protocol_));
    if (frame_end_ != UINT64_MAX) bad("a frame begins inside another one");
    if (*length > cursor_.remaining()) {
        bad("a frame of " + std::to_string(*length) + " bytes is longer than the rest of the file");
        frame_end_ = UINT64_MAX;
        return true;
    }
    frame_end_ = cursor_.offset() + *length;
    return true;
}

void PickleVm::leave_frame() {
    if (at_ > frame_end_) facts_.finding("bad-frame", "an opcode crosses the end of its frame", at_, kFrameWhy);
    frame_end_ = UINT64_MAX;
}

bool PickleVm::literal(Kind kind, std::uint64_t length) {
    if (length > kLong) return large_literal(kind, length);
    const auto content = cursor_.take(length);
    if (!content) return truncated();
    std::uint64_t flags = 0;
    if (length >= 2) {
        if (kind == Kind::text && (*content)[0] == '_' && (*content)[1] == '_') flags = Value::kDunder;
        if (length >= 4 && begins_something(content->front(), kind)) look_inside(kind, cursor_.offset() - length, length);
    }
    return push(Value(kind, at_ | flags));
}

bool PickleVm::large_literal(Kind kind, std::uint64_t length) {
    if (length > cursor_.remaining()) return truncated();
    const std::uint64_t begin = cursor_.offset();
    const auto head = source_.view(begin, 64);
    if (!head || !cursor_.skip(length)) return truncated();
    const std::uint64_t flags = kind == Kind::text && (*head)[0] == '_' && (*head)[1] == '_' ? Value::kDunder : 0;
    const auto tail = source_.view(begin + length - 1, 1);
    if (!tail) return truncated();
    // The whole only when its ends look like something.
    const std::uint8_t first = (*head)[0];
    if ((*tail)[0] == '.' || kind == Kind::text || first == 'P' || first == 'M' || first == 0x7f) look_inside(kind, begin, length);
    return push(Value(kind, at_ | flags));
}

bool PickleVm::line_literal(Kind kind) {
    const auto line = cursor_.line();
    if (!line) return truncated();
    std::uint64_t flags = 0;
    std::string_view text = as_text(*line);
    if (text.size() >= 2 && (text[0] == '\'' || text[0] == '"')) text.remove_prefix(1);
    // Escapes may spell underscores.
    if (text.starts_with("__") || text.starts_with('\\') || text.starts_with("_\\")) flags = Value::kDunder;
    if (text.size() >= 4) look_inside(kind, cursor_.offset() - 1 - text.size(), text.size());
    return push(Value(kind, at_ | flags));
}

bool PickleVm::text_number(bool is_long) {
    const auto line = cursor_.line();
    if (!line) return truncated();
    std::string_view text = as_text(*line);
    if (guessing_ && !like_a_number(text)) return broken("its number is none");
    if (!is_long && (text == "00" || text == "01")) return push(Value(Kind::boolean, text == "01" ? 1 : 0));
    if (is_long && text.ends_with('L')) text.remove_suffix(1);
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (text.size() > kMaxLong) {
        facts_.finding("large-integer", "an integer of " + std::to_string(text.size()) + " digits", at_,
                       "Converting it takes time that grows with the square of its length.");
    }
    std::int64_t value = 0;
    bool plain = !text.empty() && text.size() <= 16;
    for (const char c : text) {
        plain = plain && c >= '0' && c <= '9';
        if (plain) value = value * 10 + (c - '0');
    }
    if (!plain) return push(Value(Kind::big_integer, at_));
    return push(Value::of_integer(negative ? -value : value));
}

bool PickleVm::long_literal(std::uint64_t length) {
    if (length > kMaxLong) {
        facts_.finding("large-integer", "an integer of " + std::to_string(length) + " bytes", at_,
                       "Converting it takes time that grows with the square of its length.");
    }
    if (length > 6) {
        if (!cursor_.skip(length)) return truncated();
        return push(Value(Kind::big_integer, at_));
    }
    const auto digits = cursor_.take(length);
    if (!digits) return truncated();
    std::uint64_t value = 0;
    for (std::size_t i = digits->size(); i-- > 0;) value = (value << 8U) | (*digits)[i];
    if (!digits->empty() && (digits->back() & 0x80U) != 0) value |= ~0ULL << (8 * length);
    return push(Value::of_integer(static_cast<std::int64_t>(value)));
}

bool PickleVm::stop() {
    if (!pop(end_.result)) return false;
    stopped_ = true;
    end_.status = StreamEnd::Status::stopped;
    end_.at = cursor_.offset();
    if (frame_end_ != UINT64_MAX && end_.at != frame_end_) {
        facts_.finding("bad-frame", "the stream stops before its frame ends", at_, kFrameWhy);
    }
    return true;
}

// The opcodes that data is made of; the rest is step_rare.
bool PickleVm::step(std::uint8_t opcode) {
    switch (opcode) {
        case op::kBinInt1: {
            const auto value = cursor_.u8();
            return value ? push(Value::of_integer(*value)) : truncated();
        }
        case op::kBinInt2: {
            const auto value = cursor_.little<std::uint16_t>();
            return value ? push(Value::of_integer(*value)) : truncated();
        }
        case op::kBinInt: {
            const auto value = cursor_.little<std::int32_t>();
            return value ? push(Value::of_integer(*value)) : truncated();
        }
        case op::kBinFloat: return cursor_.skip(8) ? push(Value(Kind::real, 0)) : truncated();
        case op::kNone: return push(Value(Kind::none, 0));
        case op::kNewTrue: return push(Value(Kind::boolean, 1));
        case op::kNewFalse: return push(Value(Kind::boolean, 0));
        case op::kShortBinUnicode: {
            const auto length = cursor_.u8();
            return length ? literal(Kind::text, *length) : truncated();
        }
        case op::kBinUnicode: {
            const auto length = cursor_.little<std::uint32_t>();
            return length ? literal(Kind::text, *length) : truncated();
        }
        case op::kMemoize: return remember(memo_count_);
        case op::kBinPut: {
            const auto index = cursor_.u8();
            return index ? remember(*index) : truncated();
        }
        case op::kLongBinPut: {
            const auto index = cursor_.little<std::uint32_t>();
            return index ? remember(*index) : truncated();
        }
        case op::kBinGet: {
            const auto index = cursor_.u8();
            return index ? recall(*index) : truncated();
        }
        case op::kLongBinGet: {
            const auto index = cursor_.little<std::uint32_t>();
            return index ? recall(*index) : truncated();
        }
        case op::kMark: return mark();
        case op::kEmptyTuple: return push(Value(Kind::tuple, TupleRing::kEmpty));
        case op::kTuple: return tuple_from_mark();
        case op::kTuple1: return tuple(1);
        case op::kTuple2: return tuple(2);
        case op::kTuple3: return tuple(3);
        case op::kEmptyList: return push(fresh(Kind::list));
        case op::kEmptyDict: return push(fresh(Kind::dict));
        case op::kAppend: return append(stack_.size() - (stack_.empty() ? 0 : 1));
        case op::kAppends: {
            std::size_t begin = 0;
            return pop_mark(begin) && append(begin);
        }
        case op::kSetItem: return stack_.size() < 2 ? underflow() : set_items(stack_.size() - 2);
        case op::kSetItems: {
            std::size_t begin = 0;
            return pop_mark(begin) && set_items(begin);
        }
        default: return step_rare(opcode);
    }
}

bool PickleVm::step_rare(std::uint8_t opcode) {
    const auto sized = [&](Kind kind, auto length) { return length ? literal(kind, *length) : truncated(); };
    switch (opcode) {
        case op::kProto: return protocol();
        case op::kFrame: return frame();
        case op::kStop: return stop();
        case op::kPop: return pop_opcode();
        case op::kPopMark: {
            std::size_t begin = 0;
            if (!pop_mark(begin)) return false;
            cut(begin);
            return true;
        }
        case op::kDup: {
            if (!top_is_there()) return underflow();
            const Value value = stack_.back();
            return push(value.is_container() ? value.as_shared() : value);
        }
        case op::kInt: return text_number(false);
        case op::kLong: return text_number(true);
        case op::kLong1: {
            const auto length = cursor_.u8();
            return length ? long_literal(*length) : truncated();
        }
        case op::kLong4: {
            const auto length = cursor_.little<std::uint32_t>();
            return length ? long_literal(*length) : truncated();
        }
        case op::kFloat: {
            const auto line = cursor_.line();
            if (!line) return truncated();
            if (guessing_ && !like_a_number(as_text(*line))) return broken("its number is none");
            return push(Value(Kind::real, 0));
        }
        case op::kString:
        case op::kUnicode: return line_literal(Kind::text);
        case op::kShortBinString: return sized(Kind::text, cursor_.u8());
        case op::kBinString: return sized(Kind::text, cursor_.little<std::uint32_t>());
        case op::kBinUnicode8: return sized(Kind::text, cursor_.little<std::uint64_t>());
        case op::kShortBinBytes: return sized(Kind::bytes, cursor_.u8());
        case op::kBinBytes: return sized(Kind::bytes, cursor_.little<std::uint32_t>());
        case op::kBinBytes8:
        case op::kByteArray8: return sized(Kind::bytes, cursor_.little<std::uint64_t>());
        case op::kEmptySet: return push(fresh(Kind::set));
        case op::kList: return container_from_mark(Kind::list);
        case op::kDict: return container_from_mark(Kind::dict);
        case op::kFrozenSet: return container_from_mark(Kind::frozen_set);
        case op::kAddItems: return add_items();
        case op::kPut: {
            std::uint64_t index = 0;
            return text_index(index) && remember(index);
        }
        case op::kGet: {
            std::uint64_t index = 0;
            return text_index(index) && recall(index);
        }
        case op::kGlobal: return global();
        case op::kStackGlobal: return stack_global();
        case op::kReduce: return reduce();
        case op::kNewObj: return new_object(false);
        case op::kNewObjEx: return new_object(true);
        case op::kObj: return object();
        case op::kInst: return instance();
        case op::kBuild: return build();
        case op::kBinPersId: {
            Value id;
            return pop(id) && persistent(id);
        }
        case op::kPersId: {
            Value id;
            return line_literal(Kind::text) && pop(id) && persistent(id);
        }
        case op::kExt1: return extension(1);
        case op::kExt2: return extension(2);
        case op::kExt4: return extension(4);
        case op::kNextBuffer:
            facts_.finding("buffer", "the stream takes an out-of-band buffer", at_,
                           "A file has no such buffers: what is loaded depends on data outside of it.");
            return push(Value(Kind::unknown, 1));
        case op::kReadonlyBuffer:
            facts_.finding("buffer", "the stream asks for a read-only out-of-band buffer", at_,
                           "A file has no such buffers: what is loaded depends on data outside of it.");
            return top_is_there() ? true : underflow();
        default: {
            static constexpr char kHex[] = "0123456789abcdef";
            return broken(std::string("byte 0x") + kHex[opcode >> 4U] + kHex[opcode & 15U] + " is no opcode");
        }
    }
}

}  // namespace headgate::formats
