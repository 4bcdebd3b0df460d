#include "attest/oms_manifest.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_set>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/sha256.hpp"

namespace headgate::attest {
namespace {

using codec::Json;

Error malformed(std::string what) { return {ErrorCode::malformed, std::move(what)}; }
std::string quoted(std::string_view text) { return "\"" + escape_terminal(text, 200) + "\""; }

Result<void> only_members(const Json& object, std::string_view what, std::initializer_list<std::string_view> known) {
    for (const Json::Member& member : object.members) {
        if (std::find(known.begin(), known.end(), member.first) == known.end()) {
            return malformed("unknown member " + quoted(member.first) + " in " + std::string(what));
        }
    }
    return {};
}

// Digits only, no leading zero, fits.
std::optional<std::uint64_t> number(std::string_view text) {
    if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// "path:start:end", split at the last two colons: names may hold colons themselves.
Result<void> split_shard(std::string_view name, OmsResource& resource) {
    const std::size_t last = name.rfind(':');
    const std::size_t first = last == std::string_view::npos || last == 0 ? std::string_view::npos : name.rfind(':', last - 1);
    if (first == std::string_view::npos) return malformed("shard " + quoted(name) + " is not \"path:start:end\"");
    const auto begin = number(name.substr(first + 1, last - first - 1));
    const auto end = number(name.substr(last + 1));
    if (!begin || !end || *begin >= *end) return malformed("shard " + quoted(name) + " has no valid range");
    resource.path = name.substr(0, first);
    resource.begin = *begin;
    resource.end = *end;
    return {};
}

// An integer, or a float without fraction: "1000000000.0", as the Python reference writes it.
std::optional<std::uint64_t> integral(const Json& json) {
    if (json.is_integer()) return json.integer > 0 ? std::optional<std::uint64_t>(static_cast<std::uint64_t>(json.integer)) : std::nullopt;
    if (json.type != Json::Type::real) return std::nullopt;
    const std::size_t dot = json.text.find('.');
    if (dot == std::string::npos || json.text.find_first_not_of('0', dot + 1) != std::string::npos) return std::nullopt;
    const auto value = number(std::string_view(json.text).substr(0, dot));
    return value && *value > 0 ? value : std::nullopt;
}

Result<void> read_ignore_paths(const Json& serialization, OmsManifest& manifest) {
    const Json* const paths = serialization.find("ignore_paths");
    if (paths == nullptr) return {};
    if (!paths->is_array()) return malformed("\"ignore_paths\" is no list");
    if (paths->items.size() > kMaxIgnorePaths) return malformed("more than 10000 ignored paths");
    for (const Json& item : paths->items) {
        if (!item.is_text()) return malformed("an ignored path is no string");
        std::string_view path = item.text;
        if (path.ends_with('/')) path.remove_suffix(1);
        if (!is_canonical_path(path) || path.find_first_of("*?") != std::string_view::npos) {
            return malformed("the ignored path " + quoted(item.text) + " is empty, a pattern, or leads out of the model");
        }
        manifest.ignore_paths.emplace_back(path);
    }
    return {};
}

Result<void> read_serialization(const Json& predicate, OmsManifest& manifest) {
    const Json* const serialization = predicate.find("serialization");
    if (serialization == nullptr || !serialization->is_object()) return malformed("\"serialization\" is missing");
    TRY_VOID(only_members(*serialization, "\"serialization\"", {"method", "hash_type", "allow_symlinks", "ignore_paths", "shard_size"}));
    const std::string* const method = serialization->find_text("method");
    if (method == nullptr || (*method != "files" && *method != "shards")) {
        return malformed("the serialization method is neither \"files\" nor \"shards\"");
    }
    manifest.shards = *method == "shards";
    const std::string* const hash = serialization->find_text("hash_type");
    if (hash == nullptr) return malformed("\"hash_type\" is missing");
    if (*hash == "blake3") {
        return Error{ErrorCode::unsupported, "the files are listed by BLAKE3, which is not read here: sign by sha256 or blake2b"};
    }
    if (*hash != "sha256" && *hash != "blake2b") return malformed("the hash " + quoted(*hash) + " is not one of the specification");
    manifest.hash = *hash == "sha256" ? crypto::FileHash::sha256 : crypto::FileHash::blake2b;
    if (const Json* links = serialization->find("allow_symlinks")) {
        if (links->type != Json::Type::boolean) return malformed("\"allow_symlinks\" is not true or false");
        manifest.follows_links = links->boolean;
    }
    if (manifest.shards) {
        const Json* const size = serialization->find("shard_size");
        const auto value = size == nullptr ? std::nullopt : integral(*size);
        if (!value) return malformed("\"shard_size\" is missing or not a positive integer");
        manifest.shard_size = *value;
    }
    return read_ignore_paths(*serialization, manifest);
}

Result<void> read_resource(const Json& item, OmsManifest& manifest) {
    const std::string* const algorithm = item.find_text("algorithm");
    const std::string* const name = item.find_text("name");
    const std::string* const digest = item.find_text("digest");
    if (algorithm == nullptr || name == nullptr || digest == nullptr) {
        return malformed("a resource needs \"algorithm\", \"name\" and \"digest\"");
    }
    TRY_VOID(only_members(item, "resource " + quoted(*name), {"algorithm", "name", "digest"}));
    const std::string hash(crypto::to_string(manifest.hash));
    const bool alias = manifest.shards && *algorithm == hash + "-sharded-" + std::to_string(manifest.shard_size);
    if (*algorithm != hash && !alias) {
        return malformed("resource " + quoted(*name) + " has another algorithm than \"hash_type\"");
    }
    const std::size_t digits = 2 * crypto::digest_size(manifest.hash);
    if (!is_lower_hex(*digest, digits)) {
        return malformed("the digest of resource " + quoted(*name) + " is not " + std::to_string(digits) + " lower-case hex digits");
    }
    OmsResource resource{*name, *digest};
    if (manifest.shards) TRY_VOID(split_shard(*name, resource));
    if (resource.path != "." && !is_canonical_path(resource.path)) {
        return malformed("the resource name " + quoted(*name) + " is not a plain relative path");
    }
    manifest.resources.push_back(std::move(resource));
    return {};
}

Result<void> read_resources(const Json& predicate, OmsManifest& manifest) {
    const Json* const resources = predicate.find("resources");
    if (resources == nullptr || !resources->is_array() || resources->items.empty()) {
        return malformed("\"resources\" is missing or empty");
    }
    if (resources->items.size() > kMaxResources) {
        return malformed("more than " + std::to_string(kMaxResources) + " resources");
    }
    std::unordered_set<std::string_view> names;
    for (const Json& item : resources->items) {
        TRY_VOID(read_resource(item, manifest));
        if (!names.insert(*item.find_text("name")).second) {
            return malformed("the resource " + quoted(*item.find_text("name")) + " is listed twice");
        }
    }
    return {};
}

}  // namespace

bool is_canonical_path(std::string_view path) {
    const auto parts = split(path, '/');
    return std::none_of(parts.begin(), parts.end(), [](std::string_view part) { return part.empty() || part == "." || part == ".."; });
}

Result<OmsManifest> read_oms_manifest(const ParsedStatement& statement) {
    if (statement.subjects.size() != 1) return malformed("a model signature has exactly one subject");
    TRY_VOID(only_members(statement.predicate, "the predicate", {"resources", "serialization"}));
    OmsManifest manifest;
    manifest.name = statement.subjects.front().name;
    manifest.root = statement.subjects.front().digest.sha256;
    TRY_VOID(read_serialization(statement.predicate, manifest));
    TRY_VOID(read_resources(statement.predicate, manifest));
    crypto::Sha256 root;  // over the listed order, whatever it is
    for (const OmsResource& resource : manifest.resources) root.update(from_hex(resource.digest).value());
    if (to_hex(root.finish()) != manifest.root) {
        return malformed("the root digest is not the SHA-256 over the listed digests");
    }
    return manifest;
}

}  // namespace headgate::attest
