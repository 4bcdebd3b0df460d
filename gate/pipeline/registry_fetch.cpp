// registry_fetch.cpp: the requests for one image. They go in rounds, each with everything that is known by then: the manifest, and where the
// digest is known already referrers and cosign's tags; config, manifests below an index, the manifests of what is attached; its documents.
#include <algorithm>
#include <atomic>
#include <optional>
#include <set>
#include <thread>

#include "formats/oci_artifact.hpp"
#include "pipeline/registry_image.hpp"

namespace headgate::pipeline {
namespace {

using formats::OciAttachment;
using formats::OciDescriptor;
using formats::OciDocument;

constexpr std::string_view kSha256 = "sha256:";

OciDescriptor descriptor_of(const io::RegistryDocument& document) {
    OciDescriptor descriptor;
    descriptor.media_type = document.media_type;
    descriptor.digest = document.digest;
    descriptor.size = document.content.size();
    return descriptor;
}

/// A request, made on some thread, and what is made of its answer, afterwards and one by one.
struct Job {
    std::function<void()> ask;
    std::function<Result<void>()> settle;
};

class Fetcher {
  public:
    Fetcher(const ImageSource& source, const io::Repository& where, io::Deadline deadline, const FetchLimits& limits)
        : source_(source), where_(where), deadline_(deadline), limits_(limits) {}

    Result<FetchedImage> run(io::RegistryDocument root, Fetch what) {
        image_.root = descriptor_of(root);
        whole_ = what == Fetch::whole;
        ask_for_attachments();
        keep_document(image_.root, std::move(root.content));
        return finish();
    }

    Result<FetchedImage> run(const std::string& digest, Fetch what) {
        whole_ = what == Fetch::whole;
        image_.root.digest = digest;
        // Settled first: what is attached is attached to what the manifest turns out to be.
        add_or_fail<io::RegistryDocument>([this, digest] { return source_.manifest(where_, digest, deadline_); }, [this](io::RegistryDocument root) {
            image_.root = descriptor_of(root);
            keep_document(image_.root, std::move(root.content));
        });
        ask_for_attachments();
        return finish();
    }

  private:
    Result<FetchedImage> finish() {
        while (!jobs_.empty()) TRY_VOID(run_round());
        collect();
        for (auto& [path, record] : records_) image_.files.push_back(std::move(record));
        return std::move(image_);
    }

    Result<void> run_round() {
        const std::vector<Job> round = std::move(jobs_);
        jobs_.clear();
        std::atomic<std::size_t> next{0};
        const auto work = [&] {
            for (std::size_t i = next++; i < round.size(); i = next++) round[i].ask();
        };
        std::vector<std::thread> helpers;
        for (std::size_t i = 1; i < std::min(limits_.at_once, round.size()); ++i) helpers.emplace_back(work);
        work();
        for (std::thread& helper : helpers) helper.join();
        for (const Job& job : round) TRY_VOID(job.settle());
        return {};
    }

    /// `settle` gets the answer; nullopt: the registry has none.
    template <typename Answer>
    void add(std::function<Result<Answer>()> ask, std::function<void(std::optional<Answer>)> settle) {
        auto answer = std::make_shared<std::optional<Result<Answer>>>();
        Job job;
        job.ask = [answer, ask = std::move(ask)] { answer->emplace(ask()); };
        job.settle = [answer, settle = std::move(settle)]() -> Result<void> {
            Result<Answer>& came = **answer;
            if (came.ok()) {
                settle(std::move(came).value());
            } else if (came.error().code == ErrorCode::not_found) {
                settle(std::nullopt);
            } else {
                return came.error();
            }
            return {};
        };
        jobs_.push_back(std::move(job));
    }
    /// The same, where that the registry has none is an error, too.
    template <typename Answer>
    void add_or_fail(std::function<Result<Answer>()> ask, std::function<void(Answer)> settle) {
        auto answer = std::make_shared<std::optional<Result<Answer>>>();
        Job job;
        job.ask = [answer, ask = std::move(ask)] { answer->emplace(ask()); };
        job.settle = [answer, settle = std::move(settle)]() -> Result<void> {
            settle(TRY(std::move(**answer)));
            return {};
        };
        jobs_.push_back(std::move(job));
    }
    void ask_manifest(const std::string& tag_or_digest, std::function<void(std::optional<io::RegistryDocument>)> settle) {
        add<io::RegistryDocument>([this, tag_or_digest] { return source_.manifest(where_, tag_or_digest, deadline_); }, std::move(settle));
    }
    void ask_blob(const std::string& digest, std::uint64_t max_bytes, std::function<void(std::optional<Bytes>)> settle) {
        add<Bytes>([this, digest, max_bytes] { return source_.blob(where_, digest, max_bytes, deadline_); }, std::move(settle));
    }

    // --- the image ---

    void record(const OciDescriptor& what, std::uint64_t size) {
        records_.emplace(what.path(), FileRecord{what.path(), size, what.digest.substr(kSha256.size()), false, false});
    }

    // Bytes that are not of the size that their descriptor states are no document of the image; the record says so.
    // `about_build`: the manifest holds what a build says about itself, which is read.
    void keep_document(const OciDescriptor& what, Bytes content, bool about_build = false) {
        record(what, content.size());
        if (content.size() != what.size) return;
        const Bytes& kept = image_.documents[what.path()] = std::move(content);
        if (!formats::is_manifest_type(what.media_type) && !formats::is_index_type(what.media_type)) return;
        if (!whole_) return;
        const OciDocument document = formats::read_oci_document(kept, Limits{});
        if (!document.problem.empty()) return;       // said when it is judged
        for (const formats::OciEntry& child : document.entries) want(child.descriptor, child.attestation ? What::build_manifest : What::manifest);
        if (document.config) want(document.config->descriptor, What::config);
        for (const formats::OciEntry& layer : document.layers) {
            const OciDescriptor& one = layer.descriptor;
            const bool statement = about_build && one.media_type == formats::kInTotoLayer && one.size <= limits_.statement;
            if (statement) want(one, What::statement);
            else record(one, one.size);
        }
    }

    enum class What { manifest, build_manifest, config, statement };

    void want(const OciDescriptor& what, What is) {
        if (!wanted_.insert(what.digest).second) return;
        const bool manifest = is == What::manifest || is == What::build_manifest;
        const std::uint64_t most = is == What::statement ? limits_.statement : limits_.document;
        bytes_ += what.size;
        manifests_ += manifest ? 1 : 0;
        if (manifests_ > limits_.manifests) return leave_out(what, "more than " + std::to_string(limits_.manifests) + " manifests");
        if (what.size > most || bytes_ > limits_.documents) return leave_out(what, "documents that are too large");
        if (manifest) {
            ask_manifest(what.digest, [this, what, is](std::optional<io::RegistryDocument> came) {
                if (came) keep_document(what, std::move(came->content), is == What::build_manifest);
            });
        } else {
            ask_blob(what.digest, most, [this, what](std::optional<Bytes> came) {
                if (came) keep_document(what, std::move(*came));
            });
        }
    }

    void leave_out(const OciDescriptor& what, std::string why) {
        record(what, what.size);
        if (image_.beyond.empty()) image_.beyond = std::move(why);
    }

    // --- what is attached to it ---

    void ask_for_attachments() {
        const OciDescriptor& root = image_.root;
        add<std::vector<io::RegistryDocument>>([this] { return source_.referrers(where_, image_.root.digest, deadline_); },
                                               [this](auto came) { if (came) list_referrers(*came); });
        const std::string tag = "sha256-" + root.digest.substr(kSha256.size());
        ask_tag(tag + '.' + "sig", OciAttachment::Kind::signature);
        ask_tag(tag + '.' + "att", OciAttachment::Kind::attestation);
    }

    void ask_tag(const std::string& tag, OciAttachment::Kind kind) {
        ask_manifest(tag, [this, kind](std::optional<io::RegistryDocument> came) {
            if (!came) return;
            const OciDescriptor manifest = descriptor_of(*came);
            attachments_.push_back({kind, manifest, image_.root.digest});
            keep_attachment(manifest.digest, std::move(came->content));
        });
    }

    void list_referrers(const std::vector<io::RegistryDocument>& pages) {
        for (const io::RegistryDocument& page : pages) {
            const OciDocument list = formats::read_oci_document(page.content, Limits{});
            if (!list.problem.empty() || !list.is_index) {
                problem("the list of what refers to the image is " + (list.problem.empty() ? "no index" : "no index: " + list.problem));
                continue;
            }
            for (const formats::OciEntry& entry : list.entries) {
                const OciDescriptor& what = entry.descriptor;
                // What is listed as something else than a signature or a statement is not asked for.
                if (!what.artifact_type.empty() && !formats::holds_signed_documents(what.artifact_type)) continue;
                attachments_.push_back({OciAttachment::Kind::referrer, what, image_.root.digest});
                open_attachment(what);
            }
        }
    }

    void open_attachment(const OciDescriptor& what) {
        if (!formats::is_manifest_type(what.media_type) || what.size > limits_.attached.manifest_bytes) return;
        if (!opened_.insert(what.digest).second || opened_.size() > limits_.attached.manifests) return;
        ask_manifest(what.digest, [this, what](std::optional<io::RegistryDocument> came) {
            if (came) keep_attachment(what.digest, std::move(came->content));
        });
    }

    // The documents of a manifest, as far as they can all count; beyond that none of them does.
    void keep_attachment(const std::string& digest, Bytes content) {
        const Bytes& kept = blobs_[digest] = std::move(content);
        const OciDocument manifest = formats::read_oci_document(kept, Limits{});
        if (!manifest.problem.empty()) return;
        for (const formats::OciEntry& layer : manifest.layers) {
            const OciDescriptor& what = layer.descriptor;
            const bool known = formats::is_signed_document(what.media_type) && what.size <= limits_.attached.document_bytes;
            if (!known || !taken_.insert(what.digest).second) continue;
            attached_bytes_ += what.size;
            if (++attached_documents_ > limits_.attached.documents || attached_bytes_ > limits_.attached.bytes) {
                too_much_ = true;
                return;
            }
            ask_blob(what.digest, limits_.attached.document_bytes, [this, what](std::optional<Bytes> came) {
                if (came) blobs_[what.digest] = std::move(*came);
            });
        }
    }

    void problem(std::string what) {
        Attached::Problem& added = problems_.emplace_back();
        added.where.path = image_.root.path();
        added.what = std::move(what);
    }

    void collect() {
        image_.attached = formats::collect_attached(
            attachments_, image_.root,
            [&](const OciDescriptor& what, std::uint64_t max_bytes) -> Result<Bytes> {
                const auto found = blobs_.find(what.digest);
                if (found == blobs_.end() || found->second.size() > max_bytes) {
                    return Error{ErrorCode::not_found, "blob " + what.digest + " is not in the registry, or is over " + std::to_string(max_bytes) + " bytes"};
                }
                if (auto wrong = formats::blob_problem(what, found->second.size(), what.digest.substr(kSha256.size()))) return *wrong;
                return found->second;
            },
            Limits{}, limits_.attached);
        if (too_much_) {
            image_.attached.documents.clear();
            problem("more signatures and attestations about one image than are read");
        }
        for (Attached::Problem& one : problems_) image_.attached.problems.push_back(std::move(one));
    }

    const ImageSource& source_;
    const io::Repository& where_;
    const io::Deadline deadline_;
    const FetchLimits& limits_;
    bool whole_ = true;
    std::vector<Job> jobs_;
    FetchedImage image_;
    std::map<std::string, FileRecord> records_;
    std::set<std::string> wanted_;
    std::uint64_t bytes_ = 0;
    std::size_t manifests_ = 0;
    std::vector<OciAttachment> attachments_;
    std::vector<Attached::Problem> problems_;
    std::map<std::string, Bytes> blobs_;             // of attachments, by digest
    std::set<std::string> opened_, taken_;           // manifests and documents of attachments that were asked for
    std::uint64_t attached_bytes_ = 0;
    std::size_t attached_documents_ = 0;
    bool too_much_ = false;
};

}  // namespace

Result<FetchedImage> fetch_image(const ImageSource& source, const io::Repository& where, io::RegistryDocument root, Fetch what,
                                 io::Deadline deadline, const FetchLimits& limits) {
    return Fetcher(source, where, deadline, limits).run(std::move(root), what);
}

Result<FetchedImage> fetch_image(const ImageSource& source, const io::Repository& where, const std::string& digest, Fetch what,
                                 io::Deadline deadline, const FetchLimits& limits) {
    return Fetcher(source, where, deadline, limits).run(digest, what);
}

}  // namespace headgate::pipeline
