#include "pipeline/further_digests.hpp"

#include <algorithm>
#include <chrono>

#include "base/encoding.hpp"
#include "io/hash_files.hpp"

namespace headgate::pipeline {

attest::HashFurther hash_further(const SubjectPlan& plan, const Request& request, std::optional<Error>& failure) {
    return [&](std::span<const attest::FurtherDigests> wanted) -> Result<std::vector<std::vector<std::string>>> {
        std::vector<io::HashJob> work;
        for (const attest::FurtherDigests& item : wanted) {
            const auto file = std::find_if(plan.files.begin(), plan.files.end(),
                                           [&](const FilePlan& candidate) { return candidate.path == item.file->path; });
            if (file == plan.files.end()) return Error{ErrorCode::unsupported, item.file->path + " cannot be read again"};
            io::HashJob job{file->root, file->open_path, display_path(plan, file->path), item.file->size, {}, true};
            for (const attest::ByteRange& range : item.ranges) job.ranges.push_back({range.begin, range.end});
            work.push_back(std::move(job));
        }
        const auto over = [&](std::uint64_t) { return !request.deadline || std::chrono::steady_clock::now() < *request.deadline; };
        auto hashes = io::hash_files(work, wanted.front().hash, request.jobs, over);
        for (std::size_t i = 0; hashes.ok() && i < wanted.size(); ++i) {
            if (to_hex((*hashes)[i].whole) == wanted[i].file->sha256) continue;
            hashes = Error{ErrorCode::io, work[i].name + ": the file changed while it was read"};
        }
        if (!hashes.ok()) {
            failure = hashes.error();
            return hashes.error();
        }
        std::vector<std::vector<std::string>> digests;
        for (const io::FileHashes& file : *hashes) {
            std::vector<std::string>& texts = digests.emplace_back();
            for (const Bytes& digest : file.ranges) texts.push_back(to_hex(digest));
        }
        return digests;
    };
}

}  // namespace headgate::pipeline
