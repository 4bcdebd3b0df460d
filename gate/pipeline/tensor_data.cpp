#include "pipeline/tensor_data.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <set>

namespace headgate::pipeline {
namespace {

// docs/ExternalData.md asks for offsets that are multiples of a page: 4 KiB, or 64 KiB on Windows.
constexpr std::uint64_t kMostAlignment = 64U << 10U;

using Range = std::pair<std::uint64_t, std::uint64_t>;  // offset, bytes

// A gap is alignment when what follows it begins at the next multiple of a power of two that the gap is smaller than.
bool is_alignment(std::uint64_t gap, std::uint64_t next) {
    return gap < kMostAlignment && next % std::bit_ceil(gap + 1) == 0;
}

bool covers(std::vector<Range>& ranges, std::uint64_t size) {
    std::sort(ranges.begin(), ranges.end());
    std::uint64_t reached = 0;
    for (const auto& [offset, bytes] : ranges) {
        if (offset > size || bytes > size - offset) return false;
        if (offset > reached && !is_alignment(offset - reached, offset)) return false;
        reached = std::max(reached, offset + bytes);
    }
    return reached == size;
}

std::map<std::string, std::vector<Range>> ranges_by_file(const Evidence& evidence) {
    std::map<std::string, std::vector<Range>> ranges;
    for (const IndexEntry& entry : evidence.index_entries) {
        if (!entry.offset || !entry.where.member.empty()) continue;
        const std::size_t slash = entry.where.path.rfind('/');
        const std::string folder = slash == std::string::npos ? std::string() : entry.where.path.substr(0, slash + 1);
        ranges[folder + entry.file].emplace_back(*entry.offset, entry.bytes.value_or(0));
    }
    return ranges;
}

}  // namespace

void settle_tensor_data(Evidence& evidence) {
    std::map<std::string, std::vector<Range>> ranges = ranges_by_file(evidence);
    if (ranges.empty()) return;
    for (const FormatFact& fact : evidence.formats) ranges.erase(fact.where.path);
    for (const Finding& finding : evidence.findings) ranges.erase(finding.where.path);
    std::set<std::string_view> covered;
    for (FileRecord& file : evidence.files) {
        const auto found = ranges.find(file.path);
        if (found == ranges.end() || file.examined || file.evidence || !covers(found->second, file.size)) continue;
        file.examined = true;
        covered.insert(file.path);
        evidence.formats.push_back({{file.path, {}, {}, {}}, "tensor-data", true, false});
    }
    std::erase_if(evidence.opaques, [&](const Opaque& opaque) { return covered.contains(opaque.where.path); });
}

}  // namespace headgate::pipeline
