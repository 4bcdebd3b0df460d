#include "pipeline/oci_referrer.hpp"

#include <algorithm>

#include "codec/json.hpp"
#include "crypto/sha256.hpp"
#include "formats/oci_document.hpp"

namespace headgate::pipeline {
namespace {

using codec::Json;

constexpr std::string_view kBundle = "application/vnd.dev.sigstore.bundle.v0.3+json";
constexpr std::string_view kEmptyConfig = "application/vnd.oci.empty.v1+json";
constexpr std::string_view kRefName = "org.opencontainers.image.ref.name";
constexpr std::size_t kMaxReferrers = 1000;  // what readers (formats/oci_attached.hpp) take for one image

Error malformed(std::string what) { return {ErrorCode::malformed, std::move(what)}; }

Blob blob_of(std::string content) { return {"sha256:" + crypto::sha256_hex(as_bytes(content)), std::move(content)}; }

Json descriptor(std::string_view media_type, const std::string& digest, std::uint64_t size) {
    Json json = Json::object();
    json.add("mediaType", Json::of(media_type));
    json.add("digest", Json::of(digest));
    json.add("size", Json::of(static_cast<std::int64_t>(size)));
    return json;
}
Json descriptor(std::string_view media_type, const Blob& blob) { return descriptor(media_type, blob.digest, blob.content.size()); }

// Hints for who looks for one bundle among many; nobody signed them.
Json annotations_of(const std::string& predicate_type, const std::string& created) {
    Json annotations = Json::object();
    annotations.add("dev.sigstore.bundle.content", Json::of("dsse-envelope"));
    annotations.add("dev.sigstore.bundle.predicateType", Json::of(predicate_type));
    annotations.add("org.opencontainers.image.created", Json::of(created));
    return annotations;
}

Json* find(Json& object, std::string_view key) { return const_cast<Json*>(object.find(key)); }

// An index as a tree whose "manifests" are a list of objects.
Result<Json> parse_index(ByteView bytes, std::string_view name, const Limits& limits) {
    const formats::OciDocument document = formats::read_oci_document(bytes, limits);
    if (!document.problem.empty() || !document.is_index) {
        return malformed(std::string(name) + " is no index" + (document.problem.empty() ? "" : ": " + document.problem));
    }
    return codec::parse_json(bytes);
}

std::string fallback_tag(const std::string& image_digest) {
    std::string tag = image_digest;
    std::replace(tag.begin(), tag.end(), ':', '-');
    return tag;
}

std::vector<Json*> entries_of_tag(Json& index, const std::string& tag) {
    std::vector<Json*> found;
    for (Json& entry : find(index, "manifests")->items) {
        const Json* const annotations = entry.find("annotations");
        const std::string* const name = annotations == nullptr ? nullptr : annotations->find_text(kRefName);
        if (name != nullptr && *name == tag) found.push_back(&entry);
    }
    return found;
}

std::string text_at(const Json& object, std::string_view key) {
    const std::string* const text = object.find_text(key);
    return text == nullptr ? "" : *text;
}

void set(Json& object, const std::string& key, Json value) {
    if (Json* const there = find(object, key)) {
        *there = std::move(value);
    } else {
        object.add(key, std::move(value));
    }
}

}  // namespace

Referrer make_referrer(const formats::OciDescriptor& image, const ReferrerBundle& bundle) {
    Referrer referrer;
    referrer.predicate_type = bundle.predicate_type;
    referrer.created = bundle.created;
    referrer.blobs = {blob_of("{}"), blob_of(bundle.content)};
    Json manifest = Json::object();
    manifest.add("schemaVersion", Json::of(std::int64_t{2}));
    manifest.add("mediaType", Json::of(formats::kOciManifest));
    manifest.add("artifactType", Json::of(kBundle));
    manifest.add("config", descriptor(kEmptyConfig, referrer.blobs[0]));
    manifest.add("layers", Json::array()).push(descriptor(kBundle, referrer.blobs[1]));
    manifest.add("subject", descriptor(image.media_type, image.digest, image.size));
    manifest.add("annotations", annotations_of(bundle.predicate_type, bundle.created));
    referrer.manifest = blob_of(codec::write_json(manifest));
    return referrer;
}

Result<ReferrerTag> find_referrer_tag(ByteView index_json, const std::string& image_digest, const Limits& limits) {
    Json index = TRY(parse_index(index_json, "index.json", limits));
    const std::string tag = fallback_tag(image_digest);
    const auto found = entries_of_tag(index, tag);
    if (found.empty()) return ReferrerTag{};
    if (found.size() > 1) return malformed("index.json gives the tag " + tag + " to several entries");
    if (text_at(*found.front(), "mediaType") != formats::kOciIndex) {
        return malformed("index.json gives the tag " + tag + " to what is no " + std::string(formats::kOciIndex) + "; the list of referrers belongs there");
    }
    const formats::OciEntry entry = formats::read_oci_entry(*found.front());
    if (!entry.problem.empty()) return malformed("index.json, tag " + tag + ": " + entry.problem);
    return ReferrerTag{entry.descriptor.digest, entry.descriptor.size};
}

Result<std::optional<Blob>> add_to_list(const std::optional<Bytes>& list, const Referrer& referrer, const Limits& limits) {
    Json index = Json::object();
    if (list) {
        index = TRY(parse_index(*list, "the list of referrers", limits));
    } else {
        index.add("schemaVersion", Json::of(std::int64_t{2}));
        index.add("mediaType", Json::of(formats::kOciIndex));
        index.add("manifests", Json::array());
    }
    Json& manifests = *find(index, "manifests");
    for (const Json& entry : manifests.items) {
        if (text_at(entry, "digest") == referrer.manifest.digest) return std::optional<Blob>();
    }
    if (manifests.items.size() >= kMaxReferrers) {
        return Error{ErrorCode::unsupported, "the image has " + std::to_string(manifests.items.size()) + " referrers already, and readers take no more; remove old ones"};
    }
    Json entry = descriptor(formats::kOciManifest, referrer.manifest);
    entry.add("artifactType", Json::of(kBundle));
    entry.add("annotations", annotations_of(referrer.predicate_type, referrer.created));
    manifests.push(std::move(entry));
    return std::optional<Blob>(blob_of(codec::write_json(index)));
}

Result<std::string> point_tag_at(ByteView index_json, const std::string& image_digest, const Blob& list, const Limits& limits) {
    Json index = TRY(parse_index(index_json, "index.json", limits));
    const std::string tag = fallback_tag(image_digest);
    const auto found = entries_of_tag(index, tag);
    if (found.empty()) {
        Json& entry = find(index, "manifests")->push(descriptor(formats::kOciIndex, list));
        entry.add("annotations", Json::object()).add(std::string(kRefName), Json::of(tag));
    } else {
        Json& entry = *found.front();
        set(entry, "digest", Json::of(list.digest));
        set(entry, "size", Json::of(static_cast<std::int64_t>(list.content.size())));
        // What was said of the old list's bytes.
        std::erase_if(entry.members, [](const Json::Member& member) { return member.first == "data" || member.first == "urls"; });
    }
    return codec::write_json(index);
}

}  // namespace headgate::pipeline
