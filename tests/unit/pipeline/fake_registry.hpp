// fake_registry.hpp: a registry in memory, behind the functions that images are fetched by.
#pragma once

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
            const auto document = TRY(answer(digest, digest));
            return Bytes(document.content.begin(), document.content.end());
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
