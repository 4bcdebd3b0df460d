#include "formats/json_non_finite.hpp"

namespace headgate::formats {

std::optional<std::string> without_non_finite(std::string_view text) {
    std::string result(text);
    bool in_string = false;
    bool replaced = false;
    for (std::size_t at = 0; at < result.size(); ++at) {
        if (in_string) {
            if (result[at] == '\\')
                ++at;
            else if (result[at] == '"')
                in_string = false;
            continue;
        }
        if (result[at] == '"') in_string = true;
        for (const std::string_view word : {"-Infinity", "Infinity", "NaN"}) {
            if (result.compare(at, word.size(), word) != 0) continue;
            std::string value = "0";
            value.resize(word.size(), ' ');
            result.replace(at, word.size(), value);
            replaced = true;
            break;
        }
    }
    return replaced ? std::optional<std::string>(std::move(result)) : std::nullopt;
}

}  // namespace headgate::formats
