// Names compared with a list of them: one byte chooses what the rest is.
//   'i'  an index of names, and 'c' a table of letters, as bytes: refused, or safe to search
//   'u'  a URL: the quick way to its host and path says what the thorough one says
//   else an ecosystem by number; then lines: the name, and the list
#include <algorithm>
#include <array>
#include <set>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "checkers/confusables.hpp"
#include "checkers/name_forms.hpp"
#include "checkers/near_names.hpp"
#include "checkers/publishers.hpp"
#include "checkers/sources.hpp"
#include "fuzz/oracle.hpp"

using namespace headgate;
using namespace headgate::checkers;

namespace {

void hostile_index(ByteView bytes) {
    const auto index = NameIndex::open(bytes);
    if (!index) return;
    for (const std::string_view name : {"requests", "reqeusts", "@scope/name", ""}) {
        (void)index->find(name);
        const auto near = nearest_protected(*index, "npm", name);
        ORACLE(!near || near->target != name);
    }
}

void hostile_table(ByteView bytes) {
    const auto table = Confusables::open(bytes);
    if (!table) return;
    const auto read = table->reading(std::string_view("p\xd0\xb0yp\xd0\xb0l"));
    ORACLE(!read || read->size() <= 4 + 2 * 8);
}

void compare_places(std::string_view text) {
    // A scheme in capitals takes the thorough way.
    const auto quick = parse_place("https://" + std::string(text));
    const auto thorough = parse_place("HTTPS://" + std::string(text));
    ORACLE(quick.has_value() == thorough.has_value());
    if (!quick) return;
    ORACLE(quick->host == thorough->host && quick->path == thorough->path);
    ORACLE(quick->local == thorough->local && quick->insecure == thorough->insecure);
}

void compare_names_of(std::string_view ecosystem, std::string_view text) {
    std::vector<std::string> lines;
    for (const std::string_view line : split_lines(text)) lines.emplace_back(fold_name(ecosystem, line));
    if (lines.empty() || lines.size() > 64) return;
    const std::string name = lines.front();
    ORACLE(fold_name(ecosystem, name) == name || ecosystem == "golang");   // "x/v2/v3" has two majors
    std::set<std::string> names(lines.begin() + 1, lines.end());
    const Bytes bytes = build_name_index(ecosystem, {names.begin(), names.end()}, {});
    const auto index = NameIndex::open(bytes);
    ORACLE(index && index->size() == names.size());
    for (const std::string& one : names) {
        ORACLE(index->find(one));
        ORACLE(!nearest_protected(*index, ecosystem, one));
    }
    const auto near = nearest_protected(*index, ecosystem, name);
    if (near) {
        ORACLE(!names.contains(name) && names.contains(near->target) && near->target != name);
        ORACLE(!same_publisher(ecosystem, near->target, name));
    }
    for (const std::string& one : names) {
        const auto kind = edit_between(one, name);
        const bool compared = without_separators(one).size() >= kShortestTarget && one.size() <= kLongestTarget && name.size() <= kLongestTarget &&
                              without_separators(name).size() + 1 >= kShortestTarget && std::any_of(one.begin(), one.end(), [](char c) { return c >= 'a' && c <= 'z'; });
        // What is one edit away is never missed.
        if (kind && compared && !names.contains(name) && !same_publisher(ecosystem, one, name)) ORACLE(near);
    }
    ORACLE(without_number(name).size() < name.size() || name.empty());
    ORACLE(without_language(ecosystem, name).size() < name.size() || name.empty());
    ORACLE(look_alike_form(look_alike_form(name)) == look_alike_form(name) || name.find_first_of("vr") != std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 4096) return 0;
    const ByteView rest(data + 1, size - 1);
    if (data[0] == 'i') return hostile_index(rest), 0;
    if (data[0] == 'c') return hostile_table(rest), 0;
    if (data[0] == 'u') return compare_places(as_text(rest)), 0;
    static constexpr std::array<std::string_view, 6> kEcosystems = {"pypi", "npm", "cargo", "gem", "golang", "hf"};
    compare_names_of(kEcosystems[data[0] % kEcosystems.size()], as_text(rest));
    return 0;
}
