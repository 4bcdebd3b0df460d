#include "formats/member_names.hpp"

#include "base/text.hpp"
#include "formats/name_fold.hpp"

namespace headgate::formats {

std::optional<std::string> bad_member_name(std::string_view name) {
    if (name.empty()) return "is empty";
    if (name.size() > 4096) return "is longer than 4096 bytes";
    if (name.find('\0') != std::string_view::npos) return "holds a NUL: some readers end the name there";
    if (!is_utf8(name)) return "is not UTF-8: readers differ on what it is called";
    if (has_control_characters(name)) return "holds control or invisible characters";
    if (name.front() == '/') return "is an absolute path";
    if (name.find('\\') != std::string_view::npos) return "holds a backslash: a separator on Windows";
    if (name.size() >= 2 && name[1] == ':') return "begins with a drive letter";
    if (name.back() == '/') name.remove_suffix(1);
    for (const std::string_view part : split(name, '/')) {
        if (part.empty()) return "has an empty path component";
        if (part == "..") return "leaves the folder by '..'";
        if (part == ".") return "has a '.' component";
        if (part.back() == '.' || part.back() == ' ') return "has a component that ends in a dot or blank, which Windows drops";
    }
    return std::nullopt;
}

std::string fold_member_name(std::string_view name) {
    if (!name.empty() && name.back() == '/') name.remove_suffix(1);
    std::string folded;
    folded.reserve(name.size());
    for (std::size_t i = 0; i < name.size();) {
        const auto byte = static_cast<unsigned char>(name[i]);
        if (byte < 0x80) {
            folded += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : name[i];
            ++i;
            continue;
        }
        const std::size_t length = utf8_sequence(name.substr(i));
        if (length == 0) {
            folded += name[i++];
            continue;
        }
        fold_sequence(name.substr(i, length), folded);
        i += length;
    }
    return folded;
}

std::optional<NameSet::Clash> NameSet::add(std::string_view name, std::size_t number) {
    const auto [place, fresh] = seen_.try_emplace(fold_member_name(name), Seen{std::string(name), number});
    if (fresh) return std::nullopt;
    const std::string& other = place->second.name;
    return Clash{place->second.number, other == name};
}

std::string_view top_folder(std::string_view name) {
    const std::size_t slash = name.find('/');
    return slash == std::string_view::npos ? std::string_view{} : name.substr(0, slash);
}

}  // namespace headgate::formats
