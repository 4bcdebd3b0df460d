#include "pipeline/told_format.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kMostBytes = 16ULL << 20U;
constexpr std::uint64_t kMostNotebook = 64ULL << 20U;   // with what its cells have drawn

}  // namespace

const intake::ManifestFormat* told_format(io::FileSource& source, const std::string& path, const ParsingPlace& place) {
    if (!intake::has_telling_name(path) || source.size() > (path.ends_with(".ipynb") ? kMostNotebook : kMostBytes)) return nullptr;
    const auto bytes = source.all();
    const intake::ManifestFormat* const candidate = bytes ? intake::content_format(path, *bytes) : nullptr;
    if (candidate == nullptr) return nullptr;
    const auto parsed = place.parse({ParseOrder::Task::manifest, path, candidate, {}}, *bytes);
    return parsed.ok() ? intake::settled_format(*candidate, path, *bytes, parsed->facts) : candidate;
}

}  // namespace headgate::pipeline
