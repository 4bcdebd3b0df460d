// fake_registry.hpp: a registry in memory, behind the functions that images are fetched by.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "crypto/sha256.hpp"
#include "formats/oci_document.hpp"
#include "pipeline/registry_image.hpp"

namespace headgate::fake {

class FakeRegistry {
  public:
    struct Stored {
        std::string media_type;
        std::string content;
    };
    std::map<std::string, Stored> stored{};                   // by digest
    std::map<std::string, std::string> tags{};                // -> digest
    std::map<std::string, std::vector<std::string>> referrers{};   // of a digest: the lists
    std::set<std::string> broken{};                           // tags and digests that cannot be asked for
    std::chrono::milliseconds slow{0};
    std::atomic<int> requests{0};
    std::atomic<int> ranges{0};                               // requests for a part
    bool lies_in_ranges = false;
    /// Digests of what was asked for as a blob, whole or in part.
    std::set<std::string> asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

    static std::string digest_of(const std::string& content) { return "sha256:" + crypto::sha256_hex(as_bytes(content)); }
    /// Its descriptor, with `more` members.
    std::string put(const std::string& content, std::string_view media_type, const std::string& more = "") {
        stored[digest_of(content)] = {std::string(media_type), content};
        return descriptor(content, media_type, more);
    }
    static std::string descriptor(const std::string& content, std::string_view media_type, const std::string& more = "") {
        return R"({"mediaType":")" + std::string(media_type) + R"(","digest":")" + digest_of(content) + R"(","size":)" +
               std::to_string(content.size()) + more + "}";
    }
    /// An image of one layer; answers its manifest.
    std::string image(const std::string& layer = "layer", std::string_view layer_type = "application/vnd.oci.image.layer.v1.tar+gzip") {
        const std::string config = put(R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:aa"]}})", formats::kOciConfig);
        const std::string manifest = R"({"schemaVersion":2,"mediaType":")" + std::string(formats::kOciManifest) + R"(","config":)" + config +
                                     R"(,"layers":[)" + descriptor(layer, layer_type) + "]}";
        put(manifest, formats::kOciManifest);
        return manifest;
    }
    void tag(const std::string& name, const std::string& content) { tags[name] = digest_of(content); }

    pipeline::ImageSource source() {
        pipeline::ImageSource source;
        source.manifest = [this](const io::Repository&, std::string_view wanted, io::Deadline) -> Result<io::RegistryDocument> {
            const std::string text(wanted);
            const auto found = tags.find(text);
            const auto document = TRY(answer(found == tags.end() ? text : found->second, text));
            return io::RegistryDocument{document.media_type, digest_of(document.content), Bytes(document.content.begin(), document.content.end())};
        };
        source.blob = [this](const io::Repository&, const std::string& digest, std::uint64_t, io::Deadline) -> Result<Bytes> {
            note(digest);
            const auto document = TRY(answer(digest, digest));
            return Bytes(document.content.begin(), document.content.end());
        };
        source.range = [this](const io::Repository&, const std::string& digest, std::uint64_t offset, std::uint64_t length, io::Deadline) -> Result<Bytes> {
            note(digest);
            ++ranges;
            const auto document = TRY(answer(digest, digest));
            std::string part = document.content.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
            if (lies_in_ranges && !part.empty()) part.back() = static_cast<char>(part.back() ^ 1);
            return Bytes(part.begin(), part.end());
        };
        source.stream = [this](const io::Repository&, const std::string& digest, std::uint64_t, const io::Registry::Sink& sink, io::Deadline) -> Result<void> {
            note(digest);
            const auto document = TRY(answer(digest, digest));
            const ByteView all = as_bytes(document.content);
            for (std::size_t at = 0; at < all.size(); at += 1000) {
                if (!sink(all.subspan(at, std::min<std::size_t>(1000, all.size() - at)))) return Error{ErrorCode::usage, "stopped"};
            }
            return {};
        };
        source.referrers = [this](const io::Repository&, const std::string& digest, io::Deadline) -> Result<std::vector<io::RegistryDocument>> {
            ++requests;
            std::vector<io::RegistryDocument> lists;
            for (const std::string& list : referrers[digest]) {
                lists.push_back({std::string(formats::kOciIndex), digest_of(list), Bytes(list.begin(), list.end())});
            }
            return lists;
        };
        return source;
    }

  private:
    void note(const std::string& digest) {
        const std::lock_guard lock(mutex_);
        asked_.insert(digest);
    }
    mutable std::mutex mutex_{};
    std::set<std::string> asked_{};

    Result<Stored> answer(const std::string& digest, const std::string& wanted) {
        ++requests;
        if (slow.count() > 0) std::this_thread::sleep_for(slow);
        if (broken.contains(wanted)) return Error{ErrorCode::io, "503"};
        const auto found = stored.find(digest);
        if (found == stored.end()) return Error{ErrorCode::not_found, "the registry has no " + wanted};
        return found->second;
    }
};

}  // namespace headgate::fake
