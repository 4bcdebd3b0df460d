#include "pipeline/further_digests.hpp"

#include <algorithm>
#include <chrono>

#include "base/encoding.hpp"
#include "crypto/sha256.hpp"
#include "io/hash_files.hpp"

namespace headgate::pipeline {
namespace {

const FilePlan* find(const SubjectPlan& plan, const FileRecord& record) {
    const auto file = std::find_if(plan.files.begin(), plan.files.end(), [&](const FilePlan& candidate) { return candidate.path == record.path; });
    return file == plan.files.end() ? nullptr : &*file;
}

Error not_there(const FileRecord& record) { return {ErrorCode::unsupported, record.path + " cannot be read again"}; }
Error changed(const std::string& name) { return {ErrorCode::io, name + ": the file changed while it was read"}; }

}  // namespace

attest::HashFurther hash_further(const SubjectPlan& plan, const Request& request, std::optional<Error>& failure) {
    return [&](std::span<const attest::FurtherDigests> wanted) -> Result<std::vector<std::vector<std::string>>> {
        std::vector<io::HashJob> work;
        for (const attest::FurtherDigests& item : wanted) {
            const FilePlan* const file = find(plan, *item.file);
            if (file == nullptr) return not_there(*item.file);
            io::HashJob job{file->root, file->open_path, display_path(plan, file->path), item.file->size, {}, true};
            for (const attest::ByteRange& range : item.ranges) job.ranges.push_back({range.begin, range.end});
            work.push_back(std::move(job));
        }
        const auto over = [&](std::uint64_t) { return !request.deadline || std::chrono::steady_clock::now() < *request.deadline; };
        auto hashes = io::hash_files(work, wanted.front().hash, request.jobs, over);
        for (std::size_t i = 0; hashes.ok() && i < wanted.size(); ++i) {
            if (to_hex((*hashes)[i].whole) == wanted[i].file->sha256) continue;
            hashes = changed(work[i].name);
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

attest::ReadWhole read_whole(const SubjectPlan& plan, std::optional<Error>& failure) {
    return [&](const FileRecord& record) -> Result<Bytes> {
        const FilePlan* const file = find(plan, record);
        if (file == nullptr) return not_there(record);
        const std::string name = display_path(plan, file->path);
        auto descriptor = file->root->open_file(file->open_path);
        auto bytes = descriptor.ok() ? io::read_file_beneath(std::move(descriptor).value(), name, attest::kMaxMessage) : Result<Bytes>(descriptor.error());
        if (bytes.ok() && crypto::sha256_hex(*bytes) != record.sha256) bytes = changed(name);
        if (!bytes.ok()) failure = bytes.error();
        return bytes;
    };
}

}  // namespace headgate::pipeline
