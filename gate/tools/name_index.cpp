// name_index: rules/names/<list>.txt -> an index that is embedded in the binary. Runs while building.
//
// usage: headgate_name_index LIST NAMES.txt OUTPUT.idx
//   LIST is an ecosystem; npm-scopes or golang-owners, who publishes the names of that ecosystem's list; hf-models or
//   hf-datasets, which are looked up by what stands behind their last slash.
#include "checkers/name_index.hpp"

#include <fstream>
#include <iostream>
#include <unordered_set>

#include "checkers/name_forms.hpp"
#include "checkers/publishers.hpp"

namespace {

// "# As of: 2026-04" (or a day): when the list was taken.
std::optional<headgate::Instant> as_of(const std::string& line) {
    constexpr std::string_view kLabel = "# As of: ";
    if (!line.starts_with(kLabel)) return std::nullopt;
    const std::string date = line.substr(kLabel.size());
    return headgate::parse_instant(date.size() == 7 ? date + "-01" : date);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: headgate_name_index LIST NAMES.txt OUTPUT.idx\n";
        return 4;
    }
    const std::string list = argv[1];
    const std::string ecosystem = list.substr(0, list.find('-'));
    const bool publishers = list == "npm-scopes" || list == "golang-owners";
    const bool repositories = list == "hf-models" || list == "hf-datasets";
    std::ifstream input(argv[2]);
    std::vector<std::string> names;
    std::unordered_set<std::string> seen;
    std::string line;
    std::optional<headgate::Instant> date;
    while (std::getline(input, line)) {
        if (!date) date = as_of(line);
        if (line.empty() || line[0] == '#') continue;
        std::string name = headgate::checkers::fold_name(ecosystem, line);
        if (publishers) name = headgate::checkers::publisher_of(ecosystem, name);
        if (!name.empty() && seen.insert(name).second) names.push_back(std::move(name));
    }
    if (!input.eof() || names.empty() || names.size() > 0xFFFF) {
        std::cerr << argv[2] << ": unreadable, empty or more than 65,535 names\n";
        return 2;
    }
    if (!date) {
        std::cerr << argv[2] << ": no line \"# As of: YYYY-MM\" says when the list was taken\n";
        return 2;
    }
    const headgate::Bytes index = headgate::checkers::build_name_index(
        ecosystem, names, *date, repositories ? headgate::checkers::Lookups::repositories : headgate::checkers::Lookups::near);
    std::ofstream output(argv[3], std::ios::binary);
    output.write(reinterpret_cast<const char*>(index.data()), static_cast<std::streamsize>(index.size()));
    output.close();
    if (!output) {
        std::cerr << argv[3] << ": cannot be written\n";
        return 2;
    }
    return 0;
}
