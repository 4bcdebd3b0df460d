#include "attest/oms_emit.hpp"

#include <algorithm>

#include "attest/dsse.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "codec/json.hpp"
#include "crypto/sha256.hpp"

namespace headgate::attest {
namespace {

using codec::Json;

Error unsupported(std::string what) { return {ErrorCode::unsupported, std::move(what)}; }

std::string name_of(const OmsManifest& manifest, const OmsResource& resource) {
    if (!manifest.shards) return resource.path;
    return resource.path + ":" + std::to_string(resource.begin) + ":" + std::to_string(resource.end);
}

Json serialization_of(const OmsManifest& manifest) {
    Json serialization = Json::object();
    serialization.add("method", Json::of(manifest.shards ? "shards" : "files"));
    serialization.add("hash_type", Json::of(crypto::to_string(manifest.hash)));
    serialization.add("allow_symlinks", Json::of(manifest.follows_links));
    if (manifest.shards) serialization.add("shard_size", Json::of(static_cast<std::int64_t>(manifest.shard_size)));
    Json& ignored = serialization.add("ignore_paths", Json::array());
    for (const std::string& path : manifest.ignore_paths) ignored.push(Json::of(path));
    return serialization;
}

}  // namespace

Result<std::string> oms_statement(const OmsManifest& manifest) {
    if (manifest.resources.empty()) return unsupported("there is nothing to sign");
    if (manifest.resources.size() > kMaxResources) {
        return unsupported("more than " + std::to_string(kMaxResources) + " files or shards: raise --shard-size");
    }
    // Byte-wise order of UTF-8 is the order of its code points.
    std::vector<const OmsResource*> resources;
    resources.reserve(manifest.resources.size());
    for (const OmsResource& resource : manifest.resources) resources.push_back(&resource);
    std::sort(resources.begin(), resources.end(), [](const OmsResource* a, const OmsResource* b) {
        return a->path != b->path ? a->path < b->path : a->begin < b->begin;
    });
    crypto::Sha256 root;
    Json list = Json::array();
    for (const OmsResource* resource : resources) {
        if (!is_utf8(resource->path)) return unsupported(escape_terminal(resource->path) + ": the name is not UTF-8, so no signature can list it");
        Json& item = list.push(Json::object());
        item.add("name", Json::of(name_of(manifest, *resource)));
        item.add("algorithm", Json::of(crypto::to_string(manifest.hash)));
        item.add("digest", Json::of(resource->digest));
        root.update(from_hex(resource->digest).value());
    }
    Json predicate = Json::object();
    predicate.add("resources", std::move(list));
    predicate.add("serialization", serialization_of(manifest));

    Json statement = Json::object();
    statement.add("_type", Json::of(kStatementType));
    Json& subject = statement.add("subject", Json::array()).push(Json::object());
    subject.add("name", Json::of(manifest.name));
    subject.add("digest", Json::object()).add("sha256", Json::of(to_hex(root.finish())));
    statement.add("predicateType", Json::of(kModelSigningPredicate));
    statement.add("predicate", std::move(predicate));
    std::string text = codec::write_json(statement);
    if (text.size() > kMaxEnvelope / 4 * 3 - 4096) {
        return unsupported("the list of files is longer than a reader of signatures takes: raise --shard-size, or sign fewer files");
    }
    return text;
}

}  // namespace headgate::attest
