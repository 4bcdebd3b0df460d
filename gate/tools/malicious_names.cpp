// malicious_names: rules/advisories/malicious-<ecosystem>.txt -> the list that is embedded in the binary. Runs while building.
//
// usage: headgate_malicious_names ECOSYSTEM NAMES.txt OUTPUT.idx
#include "checkers/malicious_names.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

#include "model/advisory.hpp"

namespace {

using headgate::checkers::MaliciousName;

// "# As of: 2026-04" (or a day): when the list was taken.
std::optional<headgate::Instant> as_of(const std::string& line) {
    constexpr std::string_view kLabel = "# As of: ";
    if (!line.starts_with(kLabel)) return std::nullopt;
    const std::string date = line.substr(kLabel.size());
    return headgate::parse_instant(date.size() == 7 ? date + "-01" : date);
}

// "NAME [MAL-YEAR-NUMBER] [versions]"
std::optional<MaliciousName> read(const std::string& ecosystem, const std::string& line) {
    std::istringstream words(line);
    MaliciousName entry;
    std::string name;
    words >> name;
    for (std::string word; words >> word;) {
        if (word == "versions") {
            entry.some_versions = true;
        } else if (entry.id.empty()) {
            entry.id = word;
        } else {
            return std::nullopt;
        }
    }
    entry.name = headgate::advisory_key(ecosystem, name).substr(ecosystem.size() + 1);
    return entry;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: headgate_malicious_names ECOSYSTEM NAMES.txt OUTPUT.idx\n";
        return 4;
    }
    std::ifstream input(argv[2]);
    std::vector<MaliciousName> names;
    std::optional<headgate::Instant> date;
    for (std::string line; std::getline(input, line);) {
        if (!date) date = as_of(line);
        if (line.empty() || line[0] == '#') continue;
        auto entry = read(argv[1], line);
        if (!entry) {
            std::cerr << argv[2] << ": not NAME [MAL-YEAR-NUMBER] [versions]: " << line << "\n";
            return 2;
        }
        names.push_back(std::move(*entry));
    }
    std::sort(names.begin(), names.end(), [](const MaliciousName& a, const MaliciousName& b) { return a.name < b.name; });
    const auto list = date && input.eof() && !names.empty() ? headgate::checkers::build_malicious_names(names, *date) : std::nullopt;
    if (!list) {
        std::cerr << argv[2] << ": unreadable, without a line \"# As of: YYYY-MM\", or with a name that stands twice or an id that is none\n";
        return 2;
    }
    std::ofstream output(argv[3], std::ios::binary);
    output.write(reinterpret_cast<const char*>(list->data()), static_cast<std::streamsize>(list->size()));
    output.close();
    if (!output) {
        std::cerr << argv[3] << ": cannot be written\n";
        return 2;
    }
    return 0;
}
