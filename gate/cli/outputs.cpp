#include "cli/outputs.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "attest/dsse.hpp"
#include "attest/evidence.hpp"
#include "base/text.hpp"
#include "cli/private_key.hpp"
#include "io/directory.hpp"
#include "io/file_source.hpp"
#include "io/same_file.hpp"
#include "pipeline/decide.hpp"

namespace headgate::cli {
namespace {

constexpr std::uint64_t kHead = 4096;      // bytes in which a report says what it is

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }

std::string named(const NamedPath& one) { return one.what + " " + escape_terminal(key_name(one.path)); }

bool is_signed(ByteView content) {
    if (attest::parse_document(content).ok()) return true;
    const std::string_view text = as_text(content);
    return attest::parse_document(as_bytes(text.substr(0, text.find('\n')))).ok();
}

bool is_report(std::string_view head, std::string_view tail) {
    constexpr std::array<std::string_view, 3> kSays = {"\"headgate\":", "sarif-2.1.0", "\"runs\":"};
    const bool json = head.starts_with('{') &&
                      std::any_of(kSays.begin(), kSays.end(), [&](std::string_view words) { return head.find(words) != std::string_view::npos; });
    return json || (tail.find(" allowed, ") != std::string_view::npos && tail.find(" undecided") != std::string_view::npos);
}

// What an earlier run of such a command wrote, or nothing at all.
bool may_be_replaced(const std::string& path) {
    const auto source = io::FileSource::open(path);
    if (!source.ok()) return false;
    const std::uint64_t size = (*source)->size();
    if (size == 0) return true;
    const auto head = (*source)->view(0, std::min(size, kHead));
    const auto tail = (*source)->view(size - std::min(size, kHead), std::min(size, kHead));
    if (!head || !tail) return false;
    if (is_report(as_text(*head), as_text(*tail))) return true;
    const auto whole = size > attest::kMaxEnvelope ? std::nullopt : (*source)->view(0, size);
    return whole && is_signed(*whole);
}

// "" unless the file, which is there, lies in the folder: then its path below it.
std::string path_below(const std::string& file, const std::string& folder) {
    const auto inside = io::real_path(file);
    const auto outside = io::real_path(folder);
    if (!inside.ok() || !outside.ok() || *inside == *outside || !io::is_below(*inside, *outside)) return "";
    return inside->substr(*outside == "/" ? 1 : outside->size() + 1);
}

Result<void> check_against(const NamedPath& output, const io::FileId& id, const NamedPath& input) {
    const auto other = io::file_id(input.path);
    if (other && *other == id) {
        return usage(named(output) + ": is the same file as " + named(input) + ", which would be replaced; name another file");
    }
    if (!id.name.empty() || !other || !other->name.empty()) return {};
    const auto type = io::path_type(input.path);
    if (!type.ok() || *type != io::Entry::Type::folder) return {};
    const std::string below = path_below(output.path, input.path);
    if (below.empty() || attest::is_evidence_name(below, true) || may_be_replaced(output.path)) return {};
    return usage(named(output) + ": lies in " + named(input) + " and is neither a signature nor a report, which could be replaced; name another file, or move it away");
}

}  // namespace

Result<void> check_outputs(const std::vector<NamedPath>& inputs, const std::vector<NamedPath>& outputs) {
    std::vector<std::pair<io::FileId, const NamedPath*>> written;
    for (const NamedPath& output : outputs) {
        const auto id = output.path.empty() ? std::nullopt : io::file_id(output.path);
        if (!id) continue;
        for (const auto& [other, first] : written) {
            if (other == *id) return usage(named(output) + ": is the same file as " + named(*first) + ", and one of them would be lost; name another file");
        }
        for (const NamedPath& input : inputs) {
            if (!input.path.empty()) TRY_VOID(check_against(output, *id, input));
        }
        written.emplace_back(*id, &output);
    }
    return {};
}

std::vector<NamedPath> files_of(const pipeline::LoadedPolicy& policy) {
    std::vector<NamedPath> files = {{"the policy", policy.path}};
    for (const pipeline::NamedFile& file : policy.files) files.push_back({"a file of the policy,", file.path});
    return files;
}

}  // namespace headgate::cli
