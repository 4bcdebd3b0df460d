// OCI image layouts. The input is a list of files: path, newline, content, NUL. "@N" anywhere stands for the digest of
// file N (two digits), so that the fuzzer can refer to blobs; a path "@" is a blob under its own digest.
#include "formats/oci_layout.hpp"

#include <map>

#include "fuzz/container_oracle.hpp"

namespace {

std::string resolve(std::string_view content, const std::vector<std::string>& digests) {
    std::string out;
    for (std::size_t i = 0; i < content.size(); ++i) {
        if (content[i] == '@' && i + 2 < content.size() && std::isdigit(content[i + 1]) != 0 && std::isdigit(content[i + 2]) != 0) {
            const auto number = static_cast<std::size_t>((content[i + 1] - '0') * 10 + content[i + 2] - '0');
            if (number < digests.size()) out += digests[number];
            i += 2;
        } else {
            out += content[i];
        }
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    std::map<std::string, std::string> content;
    std::vector<FileRecord> files;
    std::vector<std::string> digests;
    std::string_view rest = as_text({data, size});
    while (!rest.empty() && files.size() < 64) {
        const std::string_view file = rest.substr(0, rest.find('\0'));
        rest.remove_prefix(std::min(rest.size(), file.size() + 1));
        const std::size_t end = file.find('\n');
        if (end == std::string_view::npos) continue;
        const std::string bytes = resolve(file.substr(end + 1), digests);
        digests.push_back(crypto::sha256_hex(as_bytes(bytes)));
        std::string path(file.substr(0, end));
        if (path == "@") path = "blobs/sha256/" + digests.back();
        if (content.emplace(path, bytes).second) files.push_back({path, bytes.size(), digests.back(), false, false});
    }
    static const Limits kLimits = fuzz::small_limits();
    Budget budget(kLimits);
    Evidence evidence;
    formats::ParseContext context{kLimits, budget, evidence, {}, {}, 0};
    const formats::OciRead read = [&](const std::string& path) -> std::optional<ByteView> {
        const auto found = content.find(path);
        if (found == content.end()) return std::nullopt;
        return as_bytes(found->second);
    };
    const auto image = formats::read_oci_layout(files, read, {}, context);
    ORACLE(image.has_value() || !evidence.findings.empty());
    if (image && evidence.findings.empty()) {
        ORACLE(image->covered.size() + image->others.size() == files.size());
    }
    return 0;
}
