#include "pipeline/plugin_inputs.hpp"

#include "base/encoding.hpp"
#include "crypto/sha256.hpp"
#include "external/sealed.hpp"
#include "io/file_source.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kCopied = 4ULL << 20U;
constexpr std::uint64_t kCopiedOfCall = 64ULL << 20U;

Error changed(const std::string& path) { return {ErrorCode::io, path + ": the file changed after it was judged"}; }

Result<io::Descriptor> sealed_copy(const JudgedFile& file, io::Descriptor descriptor) {
    const Bytes bytes = TRY(io::read_file_beneath(std::move(descriptor), file.plan->path, kCopied));
    if (crypto::sha256_hex(bytes) != file.sha256) return changed(file.plan->path);
    return external::sealed(bytes);
}

}  // namespace

Result<PluginInputs> PluginInputs::open(std::span<const JudgedFile> files) {
    PluginInputs inputs;
    std::uint64_t copied = 0;
    for (const JudgedFile& file : files) {
        io::Descriptor descriptor = TRY(file.plan->root->open_file(file.plan->open_path));
        const io::FileStamp stamp = TRY(io::stamp_of(descriptor.get(), file.plan->path));
        if (!(stamp == file.stamp)) return changed(file.plan->path);
        if (stamp.size <= kCopied && copied + stamp.size <= kCopiedOfCall) {
            copied += stamp.size;
            descriptor = TRY(sealed_copy(file, std::move(descriptor)));
        } else {
            inputs.large_.push_back({inputs.files_.size(), stamp, io::is_fresh(stamp)});
        }
        inputs.files_.push_back({file.plan->path, stamp.size, file.sha256, descriptor.get()});
        inputs.descriptors_.push_back(std::move(descriptor));
    }
    return inputs;
}

Result<void> PluginInputs::unchanged() const {
    for (const Large& large : large_) {
        const external::OpenFile& file = files_[large.at];
        if (!(TRY(io::stamp_of(file.descriptor, file.path)) == large.stamp)) return changed(file.path);
        if (!large.fresh) continue;
        auto source = TRY(io::FileSource::open(TRY(external::opened_again(file.descriptor)), file.path));
        if (to_hex(TRY(source->hash({}))) != file.sha256) return changed(file.path);
    }
    return {};
}

}  // namespace headgate::pipeline
