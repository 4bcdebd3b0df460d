// requirements.txt: options and requirements, line by line.
#include "intake/requirements.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "intake/all.hpp"

namespace headgate::intake {
namespace {

using namespace requirements;

enum class Effect { index, extra, no_index, find_links, trusted_host, include, constraint, editable, hash, no_hashes, ignored, ignored_value };

struct Option {
    std::string_view name;
    Effect effect;
};

/// pip's SUPPORTED_OPTIONS and SUPPORTED_OPTIONS_REQ. Its option parser takes unique beginnings of long names too.
constexpr std::array<Option, 24> kOptions = {{
    {"--index-url", Effect::index},
    {"--pypi-url", Effect::index},
    {"--extra-index-url", Effect::extra},
    {"--no-index", Effect::no_index},
    {"--find-links", Effect::find_links},
    {"--trusted-host", Effect::trusted_host},
    {"--requirement", Effect::include},
    {"--constraint", Effect::constraint},
    {"--editable", Effect::editable},
    {"--hash", Effect::hash},
    {"--no-require-hashes", Effect::no_hashes},
    {"--require-hashes", Effect::ignored},
    {"--pre", Effect::ignored},
    {"--prefer-binary", Effect::ignored},
    {"--no-binary", Effect::ignored_value},
    {"--only-binary", Effect::ignored_value},
    {"--use-feature", Effect::ignored_value},
    {"--uploaded-prior-to", Effect::ignored_value},
    {"--only-final", Effect::ignored_value},
    {"--all-releases", Effect::ignored_value},
    {"--global-option", Effect::ignored_value},
    {"--install-option", Effect::ignored_value},
    {"--config-settings", Effect::ignored_value},
    {"--config-setting", Effect::ignored_value},
}};
constexpr std::array<Option, 6> kShortOptions = {{
    {"-i", Effect::index},
    {"-f", Effect::find_links},
    {"-r", Effect::include},
    {"-c", Effect::constraint},
    {"-e", Effect::editable},
    {"-C", Effect::ignored_value},
}};

bool takes_value(Effect effect) {
    return effect != Effect::no_index && effect != Effect::no_hashes && effect != Effect::ignored;
}

const Option* find_option(std::string_view written) {
    if (!written.starts_with("--")) {
        for (const Option& option : kShortOptions) {
            if (written.starts_with(option.name)) return &option;
        }
        return nullptr;
    }
    const Option* found = nullptr;
    for (const Option& option : kOptions) {
        if (option.name == written) return &option;
        if (written.size() > 2 && option.name.starts_with(written)) {
            if (found != nullptr && found->effect != option.effect) return nullptr;
            found = &option;
        }
    }
    return found;
}

/// State of one line while its options are read.
struct LineReader {
    const Line& line;
    IntakeContext& context;
    bool constraints = false;
    std::vector<std::string> hashes;
    std::vector<std::string> editables;
    std::string global;                  // the first option of the line that is about the whole file
    bool understood = true;

    Location here() const { return context.at_line(line.number); }

    void fail(const std::string& why) {
        context.opaque(why, here());
        understood = false;
    }

    void index(IndexOption::Role role, std::string_view name, std::string_view value) {
        if (has_variable(without_login(value))) return fail(std::string(name) + " with a place that only the environment knows");
        context.evidence.index_options.push_back({here(), role, "pypi", without_login(value), std::string(name)});
    }

    void apply(const Option& option, std::string_view value) {
        const bool own = option.effect == Effect::editable || option.effect == Effect::hash || option.effect == Effect::ignored ||
                         option.effect == Effect::ignored_value;
        if (!own && global.empty()) global = option.name;
        switch (option.effect) {
            case Effect::index: return index(IndexOption::Role::primary, option.name, value);
            case Effect::extra: return index(IndexOption::Role::extra, option.name, value);
            case Effect::no_index: return index(IndexOption::Role::no_index, option.name, {});
            case Effect::find_links: return index(IndexOption::Role::find_links, option.name, value);
            case Effect::trusted_host: return index(IndexOption::Role::trusted_host, option.name, value);
            case Effect::include:
            case Effect::constraint:
                context.evidence.includes.push_back({here(), std::string(value), option.effect == Effect::constraint});
                return;
            case Effect::editable: editables.emplace_back(value); return;
            case Effect::hash: return add_hash(value);
            case Effect::no_hashes:
                context.finding("requirements.hashes-off", Severity::high, "--no-require-hashes switches hash checking off",
                                here(), "Packages without a hash are then installed beside those with one.",
                                "Remove the option and give every requirement a hash.");
                return;
            case Effect::ignored:
            case Effect::ignored_value: return;
        }
    }

    void add_hash(std::string_view value) {
        const std::size_t colon = value.find(':');
        auto hash = colon == std::string_view::npos ? std::nullopt : hash_of(value.substr(0, colon), value.substr(colon + 1));
        if (!hash) return fail("--hash that is not <algorithm>:<hex digits>");
        hashes.push_back(std::move(*hash));
    }

    void options(std::string_view text) {
        const auto words = shell_words(text);
        if (!words) return fail("options with an unfinished quote");
        for (std::size_t i = 0; i < words->size() && understood; ++i) {
            if (!context.room()) understood = false;
            const std::string& word = (*words)[i];
            const bool is_long = word.starts_with("--");
            const std::size_t equals = is_long ? word.find('=') : std::string::npos;
            const Option* option = word.size() > 1 && word[0] == '-' ? find_option(word.substr(0, equals)) : nullptr;
            if (option == nullptr) return fail("option '" + word + "' is not known");
            std::string value;
            if (takes_value(option->effect)) {
                if (equals != std::string::npos) {
                    value = word.substr(equals + 1);
                } else if (!is_long && word.size() > 2) {
                    value = word.substr(2);
                } else if (i + 1 < words->size()) {
                    value = (*words)[++i];
                }
                if (value.empty()) return fail("option '" + word + "' without a value");
            } else if (equals != std::string::npos) {
                return fail("option '" + word + "' takes no value");
            }
            apply(*option, value);
        }
    }

    bool read() {
        // Everything from the first word that begins with '-' is options (pip: break_args_options).
        std::size_t begin = line.text.starts_with('-') ? 0 : line.text.find(" -");
        if (begin == std::string::npos) begin = line.text.find("\t-");
        const std::string_view text = line.text;
        const std::string_view requirement = trim(text.substr(0, begin));
        if (begin != std::string::npos) options(trim(text.substr(begin)));
        if (!understood) return false;
        if (!global.empty() && (!requirement.empty() || !editables.empty())) {
            context.finding("requirements.option-ignored", Severity::high, global + " on the line of a requirement, where pip ignores it", here(),
                            "The file shows an index, or a file, that pip does not use.", "Give the option a line of its own.");
            fail(global + " on the line of a requirement");
        }
        for (const std::string& editable : editables) {
            if (!add_requirement(editable, hashes, true, line.number, context)) understood = false;
        }
        if (!requirement.empty() && !add_requirement(requirement, hashes, false, line.number, context)) understood = false;
        if (requirement.empty() && editables.empty() && !hashes.empty()) fail("--hash without a requirement");
        return understood;
    }
};

bool is_list(std::string_view lower_name) { return lower_name.ends_with(".txt") || lower_name.ends_with(".in"); }

}  // namespace

bool matches_requirements(std::string_view file_name) {
    const std::string name = ascii_lower(file_name);
    if (!is_list(name)) return false;
    const std::string_view stem = std::string_view(name).substr(0, name.rfind('.'));
    if (stem == "req" || stem == "build-constraints") return true;
    // A word of the name tells: "requirements-dev", "dev.requirements", "reqs_gpu". Constraints are a word of design too.
    bool first = true;
    for (std::size_t at = 0; at <= stem.size(); first = false) {
        const std::size_t end = std::min(stem.find_first_of("-_. ", at), stem.size());
        const std::string_view word = stem.substr(at, end - at);
        if (word == "requirements" || word == "requirement" || word == "reqs" || (first && word == "constraints")) return true;
        at = end + 1;
    }
    return false;
}

bool matches_requirements_folder(std::string_view file_name) {
    const std::string name = ascii_lower(file_name);
    return is_list(name) && !name.starts_with("readme") && !name.starts_with("license");
}

bool requirements::read_all(ByteView bytes, IntakeContext& context) {
    const auto lines = read_lines(bytes, context);
    if (!lines) return false;
    bool understood = true;
    for (const Line& line : *lines) {
        if (!context.room()) return false;
        if (!LineReader{line, context, false, {}, {}, {}, true}.read()) understood = false;
    }
    return understood;
}

bool parse_requirements(ByteView bytes, IntakeContext& context) {
    context.format("requirements.txt");
    return requirements::read_all(bytes, context);
}

}  // namespace headgate::intake
