#include "intake/purl_text.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "intake/entry.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kHub = "pkg:huggingface/";
constexpr std::string_view kDatasets = "datasets/";

std::string decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = text[i] == '%' && text.size() - i > 2 ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
        plain += byte ? static_cast<char>((*byte)[0]) : text[i];
        if (byte) i += 2;
    }
    return is_utf8(plain) && !has_control_characters(plain) ? plain : std::string();
}

bool is_word(std::string_view version) {
    for (const char c : version) {
        const bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~!").find(c) != std::string_view::npos;
        if (!ok) return false;
    }
    return is_exact(version);
}

}  // namespace

std::string purl_qualifier(std::string_view purl, std::string_view key) {
    std::string_view rest = purl.substr(0, purl.find('#'));
    const std::size_t mark = rest.find('?');
    if (mark == std::string_view::npos) return {};
    for (const std::string_view pair : split(rest.substr(mark + 1), '&')) {
        const std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos && ascii_lower(pair.substr(0, equals)) == key) return decoded(pair.substr(equals + 1));
    }
    return {};
}

std::string purl_spelling(std::string_view purl, std::string_view version, bool dataset) {
    const std::size_t end = std::min(purl.find_first_of("?#"), purl.size());
    std::string name(purl.substr(0, end));
    std::string rest(purl.substr(end));
    const bool hub = ascii_lower(name).starts_with(kHub);
    if (hub && std::string_view(name).substr(kHub.size()).starts_with(kDatasets)) {
        name.erase(kHub.size(), kDatasets.size());
        dataset = true;
    }
    const bool has_version = name.find('@', name.rfind('/') + 1) != std::string::npos;
    const bool image = name.starts_with("pkg:oci/") || name.starts_with("pkg:docker/");
    const bool addable = hub ? is_lower_hex(version, 40) : !image && is_word(version);
    if (!has_version && addable) name += "@" + std::string(version);
    if (!hub || !dataset) return name + rest;
    // A hub's reference has no qualifiers; what else is wrong with it, its parser says.
    const auto model = parse_reference(name + rest);
    return model ? "hf-dataset:" + model->canonical.substr(3) : name + rest;
}

}  // namespace headgate::intake
