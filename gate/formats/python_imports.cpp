// What the imports of a Python module make its names stand for.
#include <algorithm>

#include "formats/python_module.hpp"
#include "formats/python_walk.hpp"

namespace headgate::formats {

using Kind = codec::PythonToken::Kind;

void PythonModule::import(std::uint32_t name, std::string_view module) {
    alias(name, {});
    if (names_[name] == "__name__") note_rebound(name);
    aliases_[key(scope_, name)] = module.substr(0, kLongestPythonName);
    imported_.insert(key(scope_, name));
}

void PythonModule::import_names(Tokens tokens) {
    std::size_t at = 0;
    while (at < tokens.size()) {
        std::string module;
        const std::size_t begin = at;
        for (; at < tokens.size() && (tokens[at].kind == Kind::name || tokens[at].is_op(".")) && !tokens[at].is_name("as"); ++at) module += tokens[at].text;
        if (at + 1 < tokens.size() && tokens[at].is_name("as")) {
            import(intern(tokens[at + 1].text), module);
            at += 2;
        } else if (at > begin) {
            import(intern(tokens[begin].text), tokens[begin].text);
        }
        ++at;  // the comma
    }
}

void PythonModule::import_from(Tokens tokens) {
    std::size_t at = 0;
    std::string module;
    for (; at < tokens.size() && !tokens[at].is_name("import"); ++at) module += tokens[at].text;
    for (++at; at < tokens.size(); ++at) {
        // Only of modules of which something is listed: so many there are.
        if (tokens[at].is_op("*") && words_.python().has_below(module) && std::find(stars_.begin(), stars_.end(), module) == stars_.end()) stars_.push_back(module);
        if (tokens[at].kind != Kind::name) continue;
        const std::string_view name = tokens[at].text;
        std::string_view here = name;
        if (at + 2 < tokens.size() && tokens[at + 1].is_name("as")) {
            here = tokens[at + 2].text;
            at += 2;
        }
        import(intern(here), module + "." + std::string(name));
    }
}

}  // namespace headgate::formats
