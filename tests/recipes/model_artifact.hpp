// model_artifact.hpp: model artifacts as documents and blobs: ModelPack, KitOps, Ollama; for layouts and for registries in memory.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/sha256.hpp"
#include "recipes/pickle_recipe.hpp"
#include "recipes/temporary_folder.hpp"

namespace headgate::recipes {

inline std::string calling_pickle() {
    const Bytes bytes = Pickle(4).text("os").text("system").stack_global().text("echo headgate").tuple1().reduce().stop().done();
    return {bytes.begin(), bytes.end()};
}
class ModelArtifact {
  public:
    std::map<std::string, std::pair<std::string, std::string>> blobs{};      // digest -> media type, content
    std::string manifest_type = "application/vnd.oci.image.manifest.v1+json";
    std::string artifact_type = "application/vnd.cncf.model.manifest.v1+json";
    std::string config_type = "application/vnd.cncf.model.config.v1+json";
    std::string config = R"({"descriptor":{"name":"tiny"},"modelfs":{"type":"layers","diffIds":[]},"config":{}})";

    static ModelArtifact kitops() {
        ModelArtifact made;
        made.artifact_type = "application/vnd.kitops.modelkit.manifest.v1+json";
        made.config_type = "application/vnd.kitops.modelkit.config.v1+json";
        made.config = R"({"manifestVersion":"1.0.0","model":{"path":"."}})";
        return made;
    }
    static ModelArtifact ollama() {
        ModelArtifact made;
        made.manifest_type = "application/vnd.docker.distribution.manifest.v2+json";
        made.artifact_type.clear();
        made.config_type = "application/vnd.docker.container.image.v1+json";
        made.config = R"({"model_format":"gguf","architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:0"]}})";
        return made;
    }

    static std::string digest_of(std::string_view content) { return "sha256:" + crypto::sha256_hex(as_bytes(content)); }
    std::string put(const std::string& content, const std::string& media_type, const std::string& more = "") {
        blobs[digest_of(content)] = {media_type, content};
        return R"({"mediaType":")" + media_type + R"(","digest":")" + digest_of(content) + R"(","size":)" + std::to_string(content.size()) + more + "}";
    }
    /// `name`: its file's, as an annotation; "" without.
    void layer(const std::string& content, const std::string& media_type, const std::string& name = "") {
        layers_ += (layers_.empty() ? "" : ",") +
                   put(content, media_type, name.empty() ? "" : R"(,"annotations":{"org.cncf.model.filepath":")" + name + "\"}");
    }
    void weights(const std::string& content, const std::string& name) { layer(content, "application/vnd.cncf.model.weight.v1.raw", name); }

    std::string manifest() {
        return R"({"schemaVersion":2,"mediaType":")" + manifest_type + "\"" +
               (artifact_type.empty() ? "" : R"(,"artifactType":")" + artifact_type + "\"") + R"(,"config":)" + put(config, config_type) +
               R"(,"layers":[)" + layers_ + "]}";
    }
    /// As an OCI layout.
    void write(const TemporaryFolder& folder) {
        const std::string root = manifest();
        const std::string descriptor = put(root, manifest_type);
        folder.write("oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
        folder.write("index.json", R"({"schemaVersion":2,"manifests":[)" + descriptor + "]}");
        for (const auto& [digest, blob] : blobs) folder.write("blobs/sha256/" + digest.substr(7), blob.second);
    }

  private:
    std::string layers_{};
};

}  // namespace headgate::recipes
