// names_bench: how long one name takes against an index of popular names, in this process: LIST ECOSYSTEM INDEX NAMES... Prints, of the
// processor's time of one core, best of seven:
//   open       microseconds to open the index; its size in bytes, and how many names it holds
//   NAMES      microseconds a name, how many names, and how many of them look like one of the list
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "checkers/name_forms.hpp"
#include "checkers/near_names.hpp"
#include "io/file_source.hpp"

using namespace headgate;
using namespace headgate::checkers;

namespace {

constexpr int kRuns = 7;

double processor_microseconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval& time) { return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec); };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

}  // namespace

int main(int count, char** words) {
    if (count < 4) return std::fputs("names_bench ECOSYSTEM INDEX NAMES...\n", stderr), 4;
    const std::string ecosystem = words[1];
    const auto bytes = io::read_file(words[2], 1U << 30U);
    if (!bytes.ok()) return std::fputs("names_bench: the index cannot be read\n", stderr), 2;
    constexpr int kOpenings = 100'000;
    double best = 1e9;
    std::size_t size = 0;
    for (int run = 0; run < kRuns; ++run) {
        const double before = processor_microseconds();
        for (int i = 0; i < kOpenings; ++i) {
            const auto index = NameIndex::open(*bytes);
            size += index ? index->size() : 0;
        }
        best = std::min(best, (processor_microseconds() - before) / kOpenings);
    }
    const auto index = NameIndex::open(*bytes);
    if (!index) return std::fputs("names_bench: no index of this version\n", stderr), 2;
    std::printf("open %.4f %zu %zu\n", best, bytes->size(), size / kRuns / kOpenings);
    for (int file = 3; file < count; ++file) {
        std::ifstream input(words[file]);
        std::vector<std::string> names;
        for (std::string line; std::getline(input, line);) names.push_back(line);
        if (names.empty()) return std::fprintf(stderr, "names_bench: %s: no names\n", words[file]), 2;
        std::size_t found = 0;
        best = 1e9;
        for (int run = 0; run < kRuns; ++run) {
            found = 0;
            const double before = processor_microseconds();
            for (const std::string& name : names) found += nearest_protected(*index, ecosystem, fold_name(ecosystem, name)) ? 1 : 0;
            best = std::min(best, (processor_microseconds() - before) / static_cast<double>(names.size()));
        }
        std::printf("%s %.3f %zu %zu\n", words[file], best, names.size(), found);
    }
    return 0;
}
