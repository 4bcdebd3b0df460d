// Packages: what the first byte chooses is made a package of one kind around the rest (members between lines "--- PATH"), so that
// its readers are reached without a checksum in the way. Bytes that were not understood are explained; traits are known.
#include "formats/package_tar.hpp"
#include "formats/package_python.hpp"
#include "fuzz/package_oracle.hpp"

namespace {

using namespace headgate;

struct Part {
    std::string path;
    std::string_view content;
};

std::vector<Part> parts_of(std::string_view text) {
    std::vector<Part> parts;
    constexpr std::string_view kMark = "--- ";
    std::size_t at = text.starts_with(kMark) ? 0 : std::string_view::npos;
    while (at != std::string_view::npos && parts.size() < 50) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::size_t begin = std::min(end + 1, text.size());
        const std::size_t next = text.find("\n--- ", end);
        std::string path(text.substr(at + kMark.size(), end - at - kMark.size()));
        if (!path.empty()) parts.push_back({std::move(path), text.substr(begin, next == std::string_view::npos ? next : next + 1 - begin)});
        at = next == std::string_view::npos ? next : next + 1;
    }
    return parts;
}

void tar_package(const std::vector<Part>& parts, std::string_view top, const std::string& name, formats::PackageKind kind) {
    std::string bytes;
    std::vector<formats::TarEntry> entries;
    for (const Part& part : parts) {
        entries.push_back({std::string(top) + "/" + part.path, 0, bytes.size(), part.content.size()});
        bytes += part.content;
    }
    static const Limits kLimits = fuzz::small_limits();
    Budget budget(kLimits);
    Evidence evidence;
    MemorySource source(as_bytes(bytes));
    formats::ParseContext outer{kLimits, budget, evidence, name, {}, 0, crypto::sha256_hex, pipeline::package_words};
    formats::ParseContext context = outer.inside("content.tar");
    if (formats::package_kind(entries, context) != kind) return;
    const formats::Examined examined = formats::examine_package(source, kind, entries, context);
    ORACLE(examined == formats::Examined::whole || !evidence.findings.empty());
    ORACLE(!evidence.formats.empty() && evidence.members.size() == entries.size());
    fuzz::check_traits(evidence);
}

void wheel(const std::vector<Part>& parts) {
    static const Limits kLimits = fuzz::small_limits();
    Budget budget(kLimits);
    Evidence evidence;
    formats::ParseContext context{kLimits, budget, evidence, "pkg-1.0-py3-none-any.whl", {}, 0, crypto::sha256_hex, pipeline::package_words};
    formats::WheelTraits traits(*pipeline::package_words(), "pkg-1.0.dist-info", context);
    for (const Part& part : parts) {
        formats::ParseContext inner = context.inside(part.path);
        traits.member(part.path, as_bytes(part.content), inner);
    }
    traits.finish();
    fuzz::check_traits(evidence);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::vector<Part> parts = parts_of(as_text({data + 1, size - 1}));
    switch (data[0] % 4) {
        case 0: wheel(parts); break;
        case 1: tar_package(parts, "pkg-1.0", "pkg-1.0.tar.gz", formats::PackageKind::sdist); break;
        case 2: tar_package(parts, "package", "pkg-1.0.0.tgz", formats::PackageKind::npm); break;
        default: tar_package(parts, "pkg-1.0.0", "pkg-1.0.0.crate", formats::PackageKind::crate); break;
    }
    return 0;
}
