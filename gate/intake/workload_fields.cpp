#include "intake/workload_fields.hpp"

#include <algorithm>
#include <charconv>

#include "intake/named.hpp"

namespace headgate::intake::kubernetes {

constexpr std::size_t kMostPathShown = 200;      // as in kubernetes.cpp, so that what is named there is known to lie in the pod

Location WorkloadFields::at(const Tree& node, const std::string& path) const {
    Location place = context_.at_line(std::max(node.line, 1U));
    place.member += (place.member.empty() || path.empty() ? "" : " ") + path;
    return place;
}

void WorkloadFields::refuse(const std::string& why, const Tree& node, const std::string& path) {
    understood_ = false;
    not_understood_at(context_, why, at(node, path));
}

std::string WorkloadFields::path_to(const std::string& path, std::string_view key) {
    if (path.size() > kMostPathShown) return path;
    return path.empty() ? std::string(key.substr(0, 80)) : path + "." + std::string(key.substr(0, 80));
}

bool WorkloadFields::is_tag(const Tree& node) {
    return node.is_table() && node.entries.size() == 1 && (node.entries[0].key.starts_with('!') || node.entries[0].key.starts_with("tag:"));
}

const codec::Tree* WorkloadFields::value(const Tree& in, std::string_view key, const std::string& path) {
    const Tree* found = in.find(key);
    if (found == nullptr || found->type == Tree::Type::null) return nullptr;
    if (!is_tag(*found)) return found;
    refuse("a value with a tag: what is made of it is not known", *found, path_to(path, key));
    return nullptr;
}

const codec::Tree* WorkloadFields::of_type(const Tree& in, std::string_view key, const std::string& path, Tree::Type type) {
    const Tree* found = value(in, key, path);
    if (found == nullptr || found->type == type) return found;
    refuse("`" + std::string(key.substr(0, 80)) + "` is of a type that it cannot be", *found, path_to(path, key));
    return nullptr;
}

std::optional<bool> WorkloadFields::flag(const Tree& in, std::string_view key, const std::string& path) {
    const Tree* found = of_type(in, key, path, Tree::Type::boolean);
    return found == nullptr ? std::nullopt : std::optional(found->boolean);
}

std::optional<std::uint64_t> WorkloadFields::number(const Tree& in, std::string_view key, const std::string& path) {
    const Tree* found = value(in, key, path);
    if (found == nullptr) return std::nullopt;
    if (found->type == Tree::Type::integer && found->integer >= 0) return static_cast<std::uint64_t>(found->integer);
    // YAML gives numbers as they are written: plain decimal ones, since "010" is not the same to all who read it.
    const std::string& text = found->text;
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = found->is_text() && !text.empty() && problem == std::errc{} && end == text.data() + text.size();
    if (whole && (text == "0" || text[0] != '0')) return number;
    refuse("`" + std::string(key) + "` is no plain number", *found, path_to(path, key));
    return std::nullopt;
}

std::optional<std::string> WorkloadFields::text(const Tree& in, std::string_view key, const std::string& path) {
    const Tree* found = of_type(in, key, path, Tree::Type::text);
    return found == nullptr ? std::nullopt : std::optional(found->text);
}

std::vector<std::string> WorkloadFields::texts(const Tree& in, std::string_view key, const std::string& path) {
    std::vector<std::string> result;
    const Tree* found = list(in, key, path);
    if (found == nullptr) return result;
    for (const Tree& item : found->items) {
        if (item.is_text()) {
            result.push_back(item.text);
        } else {
            refuse("an item of `" + std::string(key) + "` that is no text", item, path_to(path, key));
        }
    }
    return result;
}

WorkloadFields::Pairs WorkloadFields::pairs(const Tree& in, std::string_view key, const std::string& path) {
    Pairs result;
    const Tree* found = table(in, key, path);
    if (found == nullptr) return result;
    for (const Tree::Entry& entry : found->entries) {
        if (entry.value.is_text()) {
            result.emplace_back(entry.key, entry.value.text);
        } else if (entry.value.type == Tree::Type::null) {
            result.emplace_back(entry.key, std::string());
        } else {
            refuse("a value of `" + std::string(key) + "` that is no text", entry.value, path_to(path, key));
        }
    }
    return result;
}

}  // namespace headgate::intake::kubernetes
