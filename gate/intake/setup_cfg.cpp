// setup.cfg (setuptools documentation, "Configuring setuptools using setup.cfg files"). Nothing in it is run.
#include <algorithm>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/ini.hpp"
#include "intake/setup.hpp"

namespace headgate::intake {
namespace setup {

bool add(std::string_view requirement, const std::string& marker, std::uint32_t line, IntakeContext& context) {
    const std::string_view text = trim(requirement.substr(0, requirement.find(" #")));
    if (text.empty() || text.starts_with('#')) return true;
    if (!context.room()) return false;
    auto& all = context.evidence.requirements;
    const std::size_t before = all.size();
    const bool understood = requirements::add_requirement(text, {}, false, line, context);
    if (all.size() > before) add_marker(all.back().markers, marker);
    return understood;
}

bool add_link(std::string_view url, std::string_view written, std::uint32_t line, IntakeContext& context) {
    if (!context.room()) return false;
    context.evidence.index_options.push_back({context.at_line(line), IndexOption::Role::find_links, "pypi", without_login(url), std::string(written), {}});
    return true;
}

std::optional<std::string> marker_of_list(std::string_view key) {
    if (key == "install_requires" || key == "requires") return std::string();
    if (key == "setup_requires") return "build";
    if (key == "tests_require") return "test";
    return std::nullopt;
}

}  // namespace setup

namespace {

constexpr std::string_view kFormat = "setup.cfg";

class Reader {
  public:
    explicit Reader(IntakeContext& context) : context_(context) {}

    bool read(const std::vector<IniLine>& lines) {
        for (const IniLine& line : lines) {
            if (!context_.room()) return false;
            std::string key = ascii_lower(line.key);
            std::replace(key.begin(), key.end(), '-', '_');
            if (line.section == "options") {
                option(key, line);
            } else if (line.section == "options.extras_require") {
                list(line, "extra " + line.key);
            } else if (line.section == "easy_install") {
                index(key, line);
            }
        }
        return understood_;
    }

  private:
    void option(const std::string& key, const IniLine& line) {
        if (const auto marker = setup::marker_of_list(key)) {
            list(line, *marker);
        } else if (key == "dependency_links") {
            for (std::size_t i = 0; i < line.values.size(); ++i) understood_ = setup::add_link(line.values[i], key, line.value_lines[i], context_) && understood_;
        }
    }

    /// One requirement a line; several on one line are parted by ';', which is why a marker needs a line of its own. "file:" names
    /// files that are requirements files.
    void list(const IniLine& line, const std::string& marker) {
        if (line.values.size() == 1 && line.values[0].starts_with("file:")) {
            for (const std::string_view path : split(std::string_view(line.values[0]).substr(5), ',')) {
                if (!trim(path).empty()) context_.evidence.includes.push_back({context_.at_line(line.line), std::string(trim(path)), false});
            }
            return;
        }
        const bool on_one_line = line.values.size() == 1 && line.value_lines[0] == line.line;
        for (std::size_t i = 0; i < line.values.size(); ++i) {
            const std::string_view value = line.values[i];
            for (const std::string_view one : on_one_line ? split(value, ';') : std::vector<std::string_view>{value}) {
                if (!setup::add(one, marker, line.value_lines[i], context_)) understood_ = false;
            }
        }
    }

    /// Where setuptools itself, and not pip, takes packages from.
    void index(const std::string& key, const IniLine& line) {
        for (const std::string& value : line.values) {
            for (const std::string_view url : split(value, ' ')) {
                if (trim(url).empty()) continue;
                understood_ = context_.room() && understood_;
                if (!understood_) return;
                if (key == "find_links") setup::add_link(trim(url), "easy_install.find_links", line.line, context_);
                if (key == "index_url") context_.evidence.index_options.push_back({context_.at_line(line.line), IndexOption::Role::primary, "pypi", without_login(trim(url)), "easy_install.index_url", {}});
            }
        }
    }

    IntakeContext& context_;
    bool understood_ = true;
};

}  // namespace

bool matches_setup_cfg(std::string_view file_name) { return file_name == "setup.cfg"; }

bool parse_setup_cfg(ByteView bytes, IntakeContext& context) {
    bool understood = true;
    const auto lines = read_ini(bytes, {}, kFormat, context, understood);
    if (!lines) return false;
    context.format(kFormat);
    return Reader(context).read(*lines) && understood;
}

}  // namespace headgate::intake
