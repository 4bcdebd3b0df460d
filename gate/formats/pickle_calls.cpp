// pickle_calls.cpp: the opcodes that resolve names and call things (models.md 2.2, rules 4 to 8).
#include "formats/pickle_literals.hpp"
#include "formats/pickle_vm.hpp"

namespace headgate::formats {
namespace {

// joblib's stand-ins for arrays, by the modules that they have had.
enum class Wrapper { none, array, file };
Wrapper wrapper_of(std::string_view name) {
    constexpr std::string_view kModules[] = {"joblib.numpy_pickle.", "joblib.numpy_pickle_compat.", "sklearn.externals.joblib.numpy_pickle.",
                                             "sklearn.externals.joblib.numpy_pickle_compat."};
    for (const std::string_view module : kModules) {
        if (!name.starts_with(module)) continue;
        const std::string_view rest = name.substr(module.size());
        if (rest == "NumpyArrayWrapper") return Wrapper::array;
        if (rest == "NDArrayWrapper" || rest == "ZNDArrayWrapper") return Wrapper::file;
    }
    return Wrapper::none;
}

// Whether what it makes may be a plain str: of the callables that profiles allow, none outside of these modules makes one.
bool may_make_text(std::string_view callee) {
    return callee.starts_with("builtins.") || callee.starts_with("_codecs.") || callee.starts_with("codecs.") || callee.starts_with("operator.");
}

// What Python raises a TypeError for when it is called. Objects may be callable.
bool never_callable(Value value) { return value.kind() >= Value::Kind::none && value.kind() <= Value::Kind::frozen_set; }
bool no_arguments(Value value) { return value.kind() >= Value::Kind::none && value.kind() <= Value::Kind::real; }

std::string_view kind_name(Value value) {
    switch (value.kind()) {
        case Value::Kind::unknown: return "an unknown value";
        case Value::Kind::none: return "None";
        case Value::Kind::boolean: return "a bool";
        case Value::Kind::integer:
        case Value::Kind::big_integer: return "an int";
        case Value::Kind::real: return "a float";
        case Value::Kind::text: return "a str";
        case Value::Kind::bytes: return "bytes";
        case Value::Kind::tuple: return "a tuple";
        case Value::Kind::list: return "a list";
        case Value::Kind::dict: return "a dict";
        case Value::Kind::set: return "a set";
        case Value::Kind::frozen_set: return "a frozenset";
        case Value::Kind::global: return "a global";
        case Value::Kind::object: return "an object";
        case Value::Kind::persistent: return "a persistent object";
    }
    return "a value";
}

}  // namespace

std::string PickleVm::name_of(Value value) const {
    const std::uint32_t callee = value.callee();
    if (callee != Value::kNoGlobal) return facts_.import_name(callee);
    return std::string(kind_name(value));
}

PickleFacts::Argument PickleVm::shape(Value value) const {
    switch (value.kind()) {
        case Kind::unknown: return {"?", {}};
        case Kind::none: return {"none", {}};
        case Kind::boolean: return {"bool", {}};
        case Kind::integer: return {"int:", std::to_string(value.integer())};
        case Kind::big_integer: return {"int", {}};
        case Kind::real: return {"float", {}};
        case Kind::text: {
            auto text = literal_text(source_, value.offset());
            if (!text) return {"str", {}};
            return {"str:", std::move(*text)};
        }
        case Kind::bytes: return {"bytes", {}};
        case Kind::tuple: return {"tuple", {}};
        case Kind::list: return {"list", {}};
        case Kind::dict: return {"dict", {}};
        case Kind::set:
        case Kind::frozen_set: return {"set", {}};
        case Kind::global:
            if (value.callee() == Value::kNoGlobal) return {"?", {}};
            return {"global:", facts_.import_name(value.callee())};
        case Kind::object:
        case Kind::persistent: return {"object", {}};
    }
    return {"?", {}};
}

void PickleVm::record(Call::How how, Value callee, const std::vector<Value>& items) {
    std::vector<PickleFacts::Argument> arguments;
    arguments.reserve(items.size());
    for (const Value item : items) arguments.push_back(shape(item));
    facts_.call(how, callee.callee(), arguments, at_);
}

void PickleVm::record(Call::How how, Value callee, Value arguments) {
    if (tuples_.items(arguments, scratch_)) {
        record(how, callee, scratch_);
    } else {
        facts_.call(how, callee.callee(), {{"?", {}}}, at_);
    }
}

bool PickleVm::global_lines(std::uint32_t& number) {
    const auto module = cursor_.line();
    if (!module) return truncated();
    const auto name = cursor_.line();
    if (!name) return truncated();
    number = facts_.import(as_text(*module), as_text(*name), protocol_, at_);
    if (facts_.full()) {
        end(StreamEnd::Status::limit, "it imports more than the limit");
        return false;
    }
    return true;
}

bool PickleVm::global() {
    std::uint32_t number = 0;
    if (!global_lines(number)) return false;
    arrays_ = arrays_ || wrapper_of(facts_.import_name(number)) != Wrapper::none;
    return push(Value(Kind::global, number));
}

bool PickleVm::stack_global() {
    Value name;
    Value module;
    if (!pop(name) || !pop(module)) return false;
    const auto module_text = text_of(module);
    const auto name_text = text_of(name);
    if (!module_text || !name_text) {
        const auto no_text = [&](Value value) {
            if (value.is(Kind::object)) return value.callee() != Value::kNoGlobal && !may_make_text(facts_.import_name(value.callee()));
            return value.is(Kind::global) || (!value.is(Kind::text) && never_callable(value));
        };
        if (guessing_ && (no_text(module) || no_text(name))) return broken("it imports by what is no text");
        facts_.finding("computed-global",
                       "STACK_GLOBAL imports a name that is no literal: " + std::string(kind_name(module)) + " and " +
                           std::string(kind_name(name)),
                       at_, "Picklers write the names of classes as plain strings; a computed name hides what is imported.",
                       Severity::critical);
        return push(Value(Kind::unknown, 1));
    }
    const std::uint32_t number = facts_.import(*module_text, *name_text, protocol_, at_);
    if (facts_.full()) {
        end(StreamEnd::Status::limit, "it imports more than the limit");
        return false;
    }
    arrays_ = arrays_ || wrapper_of(facts_.import_name(number)) != Wrapper::none;
    return push(Value(Kind::global, number));
}

// What a call gives: an object of the callee, or of the class that copyreg's helpers are given.
bool PickleVm::make(Value callee, const std::vector<Value>& items, bool known) {
    std::uint32_t number = callee.is(Kind::global) ? callee.callee() : Value::kNoGlobal;
    if (number != Value::kNoGlobal && facts_.import_name(number) == "_codecs.encode") return push(Value(Kind::bytes, at_));   // how protocols 0 to 2 write bytes
    if (number != Value::kNoGlobal && known && !items.empty() && items[0].is(Kind::global)) {
        const std::string& name = facts_.import_name(number);
        if (name == "copyreg._reconstructor" || name == "copyreg.__newobj__" || name == "copyreg.__newobj_ex__") {
            number = items[0].callee();
        }
    }
    const Value made = Value::of_object(number, ++objects_);
    if (known && number != Value::kNoGlobal) note_dtype(made, items);
    return push(made);
}

bool PickleVm::make(Value callee, Value arguments) {
    const bool known = tuples_.items(arguments, scratch_);
    return make(callee, scratch_, known);
}

bool PickleVm::reduce() {
    Value arguments;
    Value callee;
    if (!pop(arguments) || !pop(callee)) return false;
    if (guessing_ && (never_callable(callee) || no_arguments(arguments))) return broken("it calls what cannot be called");
    record(Call::How::reduce, callee.is(Kind::global) ? callee : Value(), arguments);
    return make(callee, arguments);
}

bool PickleVm::new_object(bool keywords) {
    Value named;
    Value arguments;
    Value callee;
    if ((keywords && !pop(named)) || !pop(arguments) || !pop(callee)) return false;
    const Value target = callee.is(Kind::global) ? callee : Value();
    if (keywords) {
        std::vector<Value> items;
        if (!tuples_.items(arguments, items)) items.assign(1, Value());
        items.push_back(named);
        record(Call::How::new_object, target, items);
    } else {
        record(Call::How::new_object, target, arguments);
    }
    return make(callee, arguments);
}

bool PickleVm::object() {
    std::size_t begin = 0;
    if (!pop_mark(begin)) return false;
    if (stack_.size() <= begin) return underflow();
    const Value callee = stack_[begin];
    const std::vector<Value> items(stack_.begin() + static_cast<std::ptrdiff_t>(begin) + 1, stack_.end());
    cut(begin);
    record(Call::How::instance, callee.is(Kind::global) ? callee : Value(), items);
    return make(callee, items, true);
}

bool PickleVm::instance() {
    std::size_t begin = 0;
    std::uint32_t number = 0;
    if (!pop_mark(begin) || !global_lines(number)) return false;
    const std::vector<Value> items(stack_.begin() + static_cast<std::ptrdiff_t>(begin), stack_.end());
    cut(begin);
    const Value callee(Kind::global, number);
    record(Call::How::instance, callee, items);
    return make(callee, items, true);
}

bool PickleVm::build() {
    Value state;
    if (!pop(state)) return false;
    if (!top_is_there()) return underflow();
    const Value target = stack_.back();
    if (!target.is(Kind::object)) {
        facts_.finding(target.is(Kind::global) ? "build-on-global" : "build-on-value",
                       "BUILD sets the state of " + name_of(target), at_,
                       "BUILD runs __setstate__ or sets attributes. Picklers apply it to new objects only; on a class or "
                       "module it changes code that runs later.",
                       Severity::critical);
        return true;
    }
    facts_.call(Call::How::build, target.callee(), {shape(state)}, at_);

    // models.md 2.2 rule 8: a state that plants "__setstate__" (or another "__" name), which a second BUILD then calls.
    std::vector<Value> parts;
    if (!tuples_.items(state, parts)) parts.assign(1, state);
    const bool again = rebuilt_.count(target.identity()) != 0;
    bool planted = dunder_full_;
    bool named = false;
    for (const Value part : parts) {
        const auto keys = dunder_.find(part.identity());
        if (keys == dunder_.end()) continue;
        planted = true;
        named = named || keys->second;
    }
    if (again || named) {
        facts_.finding("planted-setstate",
                       again ? "an object of " + name_of(target) + " is built again after its state was given names that begin \"__\""
                             : "the state of an object of " + name_of(target) + " holds \"__setstate__\"",
                       at_, "The second BUILD calls the __setstate__ that the first one planted.", Severity::critical);
    }
    if (planted) rebuilt_.insert(target.identity());
    note_dtype_state(target, state);

    const Wrapper wrapper = arrays_ ? wrapper_of(name_of(target)) : Wrapper::none;
    if (wrapper == Wrapper::file) array_in_file(state);
    return wrapper == Wrapper::array && !plain_ ? inline_array(state) : true;
}

bool PickleVm::persistent(Value id) {
    std::vector<Value> items;
    if (!tuples_.items(id, items)) items.assign(1, id);
    record(Call::How::persistent, Value(), items);
    // ("module", class, file, source) of old whole-module files: torch.load gives the class itself.
    if (items.size() == 4 && items[1].is(Kind::global) && text_of(items[0]) == "module") return push(items[1]);
    return push(Value(Kind::persistent, ++serial_));
}

bool PickleVm::extension(std::size_t bytes) {
    const auto code = cursor_.take(bytes);
    if (!code) return truncated();
    facts_.finding("extension", "the stream imports by a number of the extension registry", at_,
                   "What the number stands for depends on the loading process, so nobody can tell what is imported.",
                   Severity::critical);
    return push(Value(Kind::unknown, 1));
}

}  // namespace headgate::formats
