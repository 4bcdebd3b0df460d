#include "formats/pickle_facts.hpp"

#include "formats/pickle_names.hpp"
#include "formats/pickle_value.hpp"

namespace headgate::formats {

bool PickleFacts::room(std::uint64_t offset) {
    if (full_) return false;
    if (recorded_ < context_.limits.facts) {
        ++recorded_;
        return true;
    }
    full_ = true;
    unscannable("the pickle imports or calls more different things than the limit of " +
                    std::to_string(context_.limits.facts),
                offset);
    return false;
}

std::uint32_t PickleFacts::import(std::string_view module, std::string_view name, int protocol, std::uint64_t offset) {
    auto [to_module, to_name] = protocol < 3 ? python3_name(module, name) : std::pair(module, name);
    std::string key(to_module);
    key.push_back('\n');  // GLOBAL cannot hold it, so no two imports share a key by shifting it
    key.append(to_name);
    const bool mapped = to_module != module || to_name != name;
    if (mapped) key.append("\n").append(module);
    const auto known = numbers_.find(key);
    if (known != numbers_.end()) return known->second;
    if (names_.size() + 1 >= Value::kNoGlobal || !room(offset)) return Value::kNoGlobal;
    const auto number = static_cast<std::uint32_t>(names_.size());
    numbers_.emplace(std::move(key), number);
    names_.push_back(std::string(to_module) + "." + std::string(to_name));
    context_.evidence.imports.push_back({context_.at(offset), std::string(to_module), std::string(to_name),
                                         mapped ? std::string(module) + " " + std::string(name) : std::string()});
    return number;
}

bool PickleFacts::spelled(std::uint64_t position, const std::string& value) {
    if (value.size() > kSpelled) return false;
    auto& known = values_[position];
    if (known.count(value) != 0) return true;
    if (known.size() >= kDistinct) return false;
    known.insert(value);
    return true;
}

void PickleFacts::call(Call::How how, std::uint32_t callee, const std::vector<Argument>& arguments,
                       std::uint64_t offset) {
    std::string key;
    key.push_back(static_cast<char>(how));
    key.append(reinterpret_cast<const char*>(&callee), sizeof callee);
    std::vector<std::string> shapes;
    shapes.reserve(arguments.size());
    std::uint64_t position = ((static_cast<std::uint64_t>(callee) << 8U) | static_cast<std::uint64_t>(how)) << 8U;
    for (const Argument& argument : arguments) {
        std::string shape(argument.shape);
        if (shape.ends_with(':')) {
            const bool keep = how == Call::How::persistent ? argument.value.size() <= 4096
                              : shape == "global:"         ? true
                                                           : spelled(position, argument.value);
            if (keep) {
                shape += argument.value;
            } else {
                shape.pop_back();
            }
        }
        ++position;
        const auto length = static_cast<std::uint32_t>(shape.size());
        key.append(reinterpret_cast<const char*>(&length), sizeof length);
        key += shape;
        shapes.push_back(std::move(shape));
    }
    if (calls_.count(key) != 0 || !room(offset)) return;
    calls_.insert(std::move(key));
    context_.evidence.calls.push_back(
        {context_.at(offset), how, callee == Value::kNoGlobal ? std::string() : names_[callee], std::move(shapes)});
}

void PickleFacts::finding(std::string_view thing, std::string message, std::uint64_t offset, std::string_view why,
                          Severity severity) {
    std::string id = "pickle." + std::string(thing);
    std::uint32_t& count = counts_[id];
    if (++count > kMostOfOne) return;
    if (count == kMostOfOne) message += " (more of these are not listed)";
    context_.finding(std::move(id), severity, std::move(message), context_.at(offset), std::string(why),
                     "Do not load it; ask for the model in safetensors, or pickle the object again with Python itself.");
}

void PickleFacts::unscannable(std::string message, std::uint64_t offset) {
    context_.unscannable("pickle", std::move(message), context_.at(offset));
}

}  // namespace headgate::formats
