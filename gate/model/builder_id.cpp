#include "model/builder_id.hpp"

#include <algorithm>
#include <string>

#include "base/text.hpp"

namespace headgate {
namespace {

bool is_number(std::string_view text) {
    const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    return digits && (text.size() == 1 || text.front() != '0');
}

bool is_identifiers(std::string_view text) {
    const auto fits = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.'; };
    return !text.empty() && std::all_of(text.begin(), text.end(), fits) && text.front() != '.' && text.back() != '.' &&
           text.find("..") == std::string_view::npos;
}

}  // namespace

BuilderId split_builder(std::string_view id) {
    const std::size_t at = id.find('@', std::min(id.size(), id.find("://") == std::string_view::npos ? 0 : id.find("://") + 3));
    if (at == std::string_view::npos) return {id, {}};
    return {id.substr(0, at), id.substr(at + 1)};
}

bool names_builder(std::string_view wanted, std::string_view id) {
    if (wanted.empty() || id.empty()) return false;
    if (wanted == id) return true;
    const BuilderId asked = split_builder(wanted);
    const BuilderId found = split_builder(id);
    if (asked.path.empty() || asked.path != found.path) return false;
    if (wanted.size() == asked.path.size()) return true;
    return !asked.ref.empty() && found.ref == "refs/tags/" + std::string(asked.ref);
}

bool is_release_ref(std::string_view ref) {
    constexpr std::string_view kTags = "refs/tags/";
    if (!ref.starts_with(kTags)) return false;
    ref.remove_prefix(kTags.size());
    if (ref.starts_with('v')) ref.remove_prefix(1);
    const std::size_t plus = ref.find('+');
    if (plus != std::string_view::npos && !is_identifiers(ref.substr(plus + 1))) return false;
    ref = ref.substr(0, plus);
    const std::size_t dash = ref.find('-');
    if (dash != std::string_view::npos && !is_identifiers(ref.substr(dash + 1))) return false;
    const auto numbers = split(ref.substr(0, dash), '.');
    return numbers.size() == 3 && std::all_of(numbers.begin(), numbers.end(), is_number);
}

bool names_release(std::string_view wanted, std::string_view id) {
    if (!names_builder(wanted, id)) return false;
    const BuilderId found = split_builder(id);
    return wanted == id || !split_builder(wanted).ref.empty() || is_release_ref(found.ref);
}

}  // namespace headgate
