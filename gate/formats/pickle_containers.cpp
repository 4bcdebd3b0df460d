// pickle_containers.cpp: the opcodes that make and fill tuples, lists, dicts and sets. Items are not kept (tuples: in the
// ring); what is noted is what rules ask for: keys that begin "__", paths to shared containers, targets that are no
// container of the kind that the opcode fills.
#include "formats/pickle_literals.hpp"
#include "formats/pickle_vm.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kMostNoted = 200'000;  // containers with "__" keys or shared content that are told apart
constexpr double kPaths = 1e6;               // paths through shared containers that are no attack yet
constexpr std::size_t kStateItems = 32;      // entries of a state that joblib's arrays are read from

}  // namespace

bool PickleVm::tuple(std::size_t count) {
    if (stack_.size() < fence_ + count) return underflow();
    const std::size_t begin = stack_.size() - count;
    const Value made = tuples_.add(stack_.data() + begin, count);
    if (tuples_.depth_of(made) > kMaxTupleDepth) {
        end(StreamEnd::Status::limit, "its tuples are nested deeper than " + std::to_string(kMaxTupleDepth));
        return false;
    }
    share(made, begin);
    cut(begin);
    return push(made);
}

bool PickleVm::tuple_from_mark() {
    std::size_t begin = 0;
    if (!pop_mark(begin)) return false;
    return tuple(stack_.size() - begin);
}

bool PickleVm::container_from_mark(Kind kind) {
    std::size_t begin = 0;
    if (!pop_mark(begin)) return false;
    if (kind == Kind::dict && (stack_.size() - begin) % 2 != 0) return broken("a dict has a key without a value");
    const Value made = fresh(kind);
    if (kind == Kind::dict) note_keys(made, begin);
    if (kind == Kind::list && collect_) {
        for (std::size_t i = begin; i < stack_.size(); ++i) list_items_.push_back(text_of(stack_[i]).value_or(""));
    }
    share(made, begin);
    cut(begin);
    return push(made.as_filled());
}

// What an opcode fills is a container of its kind, an object (whose own method is called: a Call), or a trick.
bool PickleVm::fill(Value target, Kind proper, std::string_view verb) {
    if (target.is(proper)) return true;
    if (target.is(Kind::object)) {
        facts_.call(Call::How::extend, target.callee(), {}, at_);
        return true;
    }
    facts_.finding("wrong-container", std::string(verb) + " is applied to " + name_of(target), at_,
                   "Picklers fill only the containers they have just made; on anything else this calls methods of, or "
                   "writes into, an object of another type.",
                   target.is(Kind::global) || target.is(Kind::unknown) ? Severity::critical : Severity::high);
    return true;
}

bool PickleVm::append(std::size_t begin) {
    if (begin <= fence_ || begin > stack_.size()) return underflow();
    if (begin == stack_.size()) return true;
    const Value target = stack_[begin - 1];
    if (collect_ && target.is(Kind::list)) {
        for (std::size_t i = begin; i < stack_.size(); ++i) list_items_.push_back(text_of(stack_[i]).value_or(""));
    }
    share(target, begin);
    cut(begin);
    return fill(target, Kind::list, "APPEND");
}

bool PickleVm::set_items(std::size_t begin) {
    if (begin <= fence_ || begin > stack_.size()) return underflow();
    if (begin == stack_.size()) return true;
    if ((stack_.size() - begin) % 2 != 0) return broken("a dict has a key without a value");
    const Value target = stack_[begin - 1];
    if ((target.shared() || target.filled()) && target.is(Kind::dict) && refilled_.size() < kMostNoted) refilled_.insert(target.identity());
    note_keys(target, begin);
    share(target, begin);
    cut(begin);
    stack_.back() = target.as_filled();
    return fill(target, Kind::dict, "SETITEM");
}

bool PickleVm::add_items() {
    std::size_t begin = 0;
    if (!pop_mark(begin)) return false;
    if (begin <= fence_) return underflow();
    if (begin == stack_.size()) return true;
    const Value target = stack_[begin - 1];
    share(target, begin);
    cut(begin);
    return fill(target, Kind::set, "ADDITEMS");
}

void PickleVm::note_keys(Value target, std::size_t begin) {
    for (std::size_t i = begin; i + 1 < stack_.size(); i += 2) {
        const Value key = stack_[i];
        if (!dtypes_.empty() && stack_[i + 1].is(Kind::tuple)) note_field(target, stack_[i + 1]);
        const bool computed = key.is(Kind::object) || key.is(Kind::unknown) || key.is(Kind::persistent);
        if (!key.dunder() && !computed) continue;
        if (dunder_.size() >= kMostNoted) {
            // Too many to tell apart: from here on every state counts as planted.
            dunder_full_ = true;
            break;
        }
        bool& setstate = dunder_[target.identity()];
        setstate = setstate || (key.dunder() && text_of(key).value_or("") == "__setstate__");
    }
    if (arrays_ && stack_.size() - begin <= kStateItems) {
        last_dict_ = target;
        last_items_.assign(stack_.begin() + static_cast<std::ptrdiff_t>(begin), stack_.end());
    }
}

// Billion laughs: each level refers to the one below several times through the memo, so that a walk over the object takes
// exponential time. Counted are the paths that lead through shared containers.
void PickleVm::share(Value container, std::size_t begin) {
    double paths = 0;
    for (std::size_t i = begin; i < stack_.size(); ++i) {
        const Value item = stack_[i];
        if (item.shared()) paths += 1;
        if (!paths_.empty() && item.is_container()) {
            const auto known = paths_.find(item.identity());
            if (known != paths_.end()) paths += known->second;
        }
    }
    if (paths == 0) return;
    if (paths_.size() >= kMostNoted) {
        paths_.clear();  // honest files share this much; a bomb grows again within a few levels
    }
    double& known = paths_[container.identity()];
    known += paths;
    if (known > kPaths + 64.0 * static_cast<double>(opcodes_)) {
        facts_.finding("memo-amplification", "containers refer to each other along more than a million paths", at_,
                       "A few bytes grow into an object that no reader can walk through (\"billion laughs\").");
        known = 1;
    }
}

}  // namespace headgate::formats
