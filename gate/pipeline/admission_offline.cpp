#include "pipeline/admission_offline.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "codec/json.hpp"
#include "crypto/sha256.hpp"

namespace headgate::pipeline {
namespace {

using codec::Json;
using codec::Tree;

constexpr std::size_t kMostObjects = 10'000;

/// As deep as what was read, which has a limit.
Json json_of(const Tree& tree) {
    switch (tree.type) {
        case Tree::Type::null:
        case Tree::Type::real: return {};        // a number with a fraction names nothing
        case Tree::Type::boolean: return Json::of(tree.boolean);
        case Tree::Type::integer: return Json::of(tree.integer);
        case Tree::Type::time:
        case Tree::Type::text: return Json::of(tree.text);
        case Tree::Type::array: {
            Json array = Json::array();
            for (const Tree& item : tree.items) array.push(json_of(item));
            return array;
        }
        case Tree::Type::table: break;
    }
    Json object = Json::object();
    for (const Tree::Entry& entry : tree.entries) object.add(entry.key, json_of(entry.value));
    return object;
}

std::string text_of(const Tree& table, std::string_view key) {
    const Tree* found = table.find(key);
    return found != nullptr && found->is_text() ? found->text : std::string();
}

bool is_review(const Tree& document) { return text_of(document, "kind") == "AdmissionReview"; }

// As the API server would ask about it. The uid is that of the content, so that the same file gives the same review.
std::string review_of(const Tree& object) {
    const std::string version = text_of(object, "apiVersion");
    const std::size_t slash = version.find('/');
    const Tree* metadata = object.find("metadata");
    const std::string written = codec::write_json(json_of(object));
    Json kind = Json::object();
    const std::string group = slash == std::string::npos ? std::string() : version.substr(0, slash);
    const std::string rest = slash == std::string::npos ? version : version.substr(slash + 1);
    kind.add("group", Json::of(group));
    kind.add("version", Json::of(rest));
    Json resource = kind;
    const std::string name = text_of(object, "kind");
    kind.add("kind", Json::of(name));
    resource.add("resource", Json::of(ascii_lower(name) + "s"));
    Json request = Json::object();
    request.add("uid", Json::of(crypto::sha256_hex(as_bytes(written)).substr(0, 32)));
    request.add("kind", std::move(kind));
    request.add("resource", std::move(resource));
    request.add("operation", Json::of("CREATE"));
    request.add("name", Json::of(metadata == nullptr ? std::string() : text_of(*metadata, "name")));
    const std::string space = metadata == nullptr ? std::string() : text_of(*metadata, "namespace");
    request.add("namespace", Json::of(space.empty() ? std::string("default") : space));
    request.add("object", json_of(object));
    Json document = Json::object();
    document.add("apiVersion", Json::of("admission.k8s.io/v1"));
    document.add("kind", Json::of("AdmissionReview"));
    document.add("request", std::move(request));
    return codec::write_json(document);
}

OfflineReview offline(std::string name, std::string bytes) {
    auto kept = std::make_shared<const std::string>(std::move(bytes));
    auto review = read_review(as_bytes(*kept));
    return {std::move(name), kept, std::move(review)};
}

codec::TreeLimits limits_of(bool aliases) {
    codec::TreeLimits limits;
    limits.values = 400'000;
    limits.aliases = aliases;
    return limits;
}

}  // namespace

Result<std::vector<OfflineReview>> offline_reviews(const std::string& name, ByteView bytes) {
    const std::string_view text = as_text(bytes);
    const bool braces = trim(text.substr(0, 4096)).starts_with('{');
    std::vector<Tree> documents;
    if (braces) {
        auto one = codec::parse_json_tree(bytes, limits_of(false));
        if (one.ok() && is_review(*one)) {
            // As it was sent, to the last byte.
            std::vector<OfflineReview> reviews;
            reviews.push_back(offline(name, std::string(text)));
            return reviews;
        }
        if (one.ok()) documents.push_back(std::move(*one));
        // What JSON cannot take may be an answer in itself: duplicate keys in an object are denied, and not called unreadable.
        else if (read_review(bytes).ok()) {
            std::vector<OfflineReview> reviews;
            reviews.push_back(offline(name, std::string(text)));
            return reviews;
        }
    }
    if (documents.empty()) documents = TRY(codec::parse_yaml_trees(bytes, kMostObjects, limits_of(true)));
    std::vector<const Tree*> objects;
    for (const Tree& document : documents) {
        if (document.is_table() && document.entries.empty()) continue;       // comments alone
        const Tree* items = document.find("items");
        const bool list = text_of(document, "kind").ends_with("List") && items != nullptr && items->is_array();
        if (!list) {
            objects.push_back(&document);
            continue;
        }
        for (const Tree& item : items->items) objects.push_back(&item);
    }
    std::vector<OfflineReview> reviews;
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const std::string label = objects.size() == 1 ? name : name + "#" + std::to_string(i + 1);
        if (text_of(*objects[i], "kind").empty() || text_of(*objects[i], "apiVersion").empty()) {
            reviews.push_back({label, nullptr, Error{ErrorCode::malformed, "no AdmissionReview, and no object: it has no apiVersion or kind"}});
            continue;
        }
        reviews.push_back(offline(label, is_review(*objects[i]) ? codec::write_json(json_of(*objects[i])) : review_of(*objects[i])));
    }
    if (reviews.empty()) reviews.push_back({name, nullptr, Error{ErrorCode::malformed, "no AdmissionReview, and no object: there is nothing in it"}});
    return reviews;
}

}  // namespace headgate::pipeline
