#include "formats/layer_links.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "formats/layer_content.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kLongestPath = 4096;         // PATH_MAX
constexpr std::ptrdiff_t kDeepest = 128;           // folders
constexpr std::size_t kMostHeld = 64U << 20U;      // bytes of names

// From the root; "" for the root itself. A hard link names its target from there, as does what begins with a slash.
std::string target_of(const std::string& path, std::string_view link, bool hard) {
    std::vector<std::string_view> parts;
    const bool from_root = hard || link.starts_with('/');
    const std::string_view folder = from_root || path.find('/') == std::string::npos ? std::string_view() : std::string_view(path).substr(0, path.rfind('/'));
    for (const std::string_view from : {folder, link}) {
        for (const std::string_view part : split(from, '/')) {
            if (part.empty() || part == ".") continue;
            if (part != "..") parts.push_back(part);
            else if (!parts.empty()) parts.pop_back();
        }
    }
    std::string target;
    for (const std::string_view part : parts) target += (target.empty() ? "" : "/") + std::string(part);
    return target;
}

/// "d/../x": where that leads depends on what "d" is.
bool goes_up_behind_a_name(std::string_view link) {
    bool named = false;
    for (const std::string_view part : split(link, '/')) {
        if (part == ".." && named) return true;
        named = named || (!part.empty() && part != "." && part != "..");
    }
    return false;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

}  // namespace

std::optional<std::string> LayerLinks::add(const std::string& path, char type, std::string_view link) {
    if (path.size() > kLongestPath || std::count(path.begin(), path.end(), '/') > kDeepest) return "an entry lies deeper than links are followed";
    if (!links_.empty()) {
        for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
            const std::string_view folder = std::string_view(path).substr(0, slash);
            if (links_.contains(folder)) return quoted(path) + " lies behind the link " + quoted(folder);
        }
    }
    if (type == '2') return symbolic(path, link);
    links_.erase(path);            // unpacked in its place
    if (type != '1') return std::nullopt;
    const std::string target = target_of(path, link, true);
    if (is_model_place(path) && !is_model_place(target)) return quoted(path) + " is a link to " + quoted(link) + ", out of the model";
    if (links_.contains(target)) return quoted(path) + " is a hard link to a link, " + quoted(link);
    return std::nullopt;
}

std::optional<std::string> LayerLinks::symbolic(const std::string& path, std::string_view link) {
    held_ += path.size();
    if (held_ > kMostHeld) return "it has more links than are told apart";
    links_.insert(path);
    if (goes_up_behind_a_name(link)) return quoted(path) + " is a link to " + quoted(link) + ", which goes up behind a folder that it names";
    const std::string target = target_of(path, link, false);
    if (is_model_place(path)) {
        if (is_model_place(target)) return std::nullopt;
        return quoted(path) + " is a link to " + quoted(link) + ", out of the model";
    }
    if (!path.empty() && !target.empty() && !is_model_place(target)) return std::nullopt;
    return quoted(path) + " is a link to " + quoted(link) + ", from the operating system into the model";
}

}  // namespace headgate::formats
