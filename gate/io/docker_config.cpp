#include "io/docker_config.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "codec/json.hpp"
#include "model/reference.hpp"

namespace headgate::io {
namespace {

using codec::Json;

Error bad(const std::string& what) { return {ErrorCode::malformed, "docker's configuration: " + what}; }
Error bad_entry(const std::string& key, const std::string& what) { return bad("the entry " + escape_terminal(key, 200) + " " + what); }

constexpr codec::JsonLimits kLimits{20, kMaxDockerConfig, 50'000};

bool is_helper_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
    });
}

// "https://host/v1/", "host:port", "host/path" -> host and path; false for what is neither.
bool read_key(const std::string& key, DockerConfig::Entry& entry) {
    std::string_view rest = key;
    const std::size_t scheme = rest.find("://");
    if (scheme != std::string_view::npos) rest.remove_prefix(scheme + 3);
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    // As the host of an image is read.
    const auto image = parse_reference("oci:" + std::string(rest.substr(0, slash)) + "/x");
    if (!image.ok() || (image->name != "x" && image->name != "library/x")) return false;
    entry.host = image->space;
    std::string_view path = rest.substr(slash);
    while (path.starts_with('/')) path.remove_prefix(1);
    while (path.ends_with('/')) path.remove_suffix(1);
    if (path != "v1" && path != "v2") entry.path = path;
    return true;
}

// A member that is text, or not there, or null. Error for another type.
Result<std::string> optional_text(const Json& object, std::string_view name, const std::string& key) {
    const Json* const found = object.find(name);
    if (found == nullptr || found->type == Json::Type::null) return std::string();
    if (!found->is_text()) return bad_entry(key, "has a " + std::string(name) + " that is no text");
    return found->text;
}

Result<RegistryCredentials> read_credentials(const Json& value, const std::string& key) {
    if (!value.is_object()) return bad_entry(key, "is no object");
    RegistryCredentials read;
    read.user = TRY(optional_text(value, "username", key));
    read.password = TRY(optional_text(value, "password", key));
    read.identity_token = TRY(optional_text(value, "identitytoken", key));
    const std::string auth = TRY(optional_text(value, "auth", key));
    if (auth.empty()) return read;
    const auto decoded = from_base64(auth);
    if (!decoded) return bad_entry(key, "has an auth that is no base64");
    const std::string_view pair = as_text(*decoded);
    const std::size_t colon = pair.find(':');
    if (colon == std::string_view::npos || colon == 0) return bad_entry(key, "has an auth that is no user:password");
    const std::string_view user = pair.substr(0, colon);
    std::string_view password = pair.substr(colon + 1);
    while (password.ends_with('\0')) password.remove_suffix(1);  // docker's own padding
    if ((!read.user.empty() && read.user != user) || (!read.password.empty() && read.password != password)) {
        return bad_entry(key, "says two different things in auth and in username or password");
    }
    read.user = user;
    read.password = password;
    return read;
}

}  // namespace

Result<DockerConfig> parse_docker_config(ByteView bytes) {
    const auto document = codec::parse_json(bytes, kLimits);
    if (!document.ok()) return bad(document.error().message);
    if (!document->is_object()) return bad("it is no object");
    DockerConfig config;
    const auto room = [&] { return config.entries.size() < kMaxDockerEntries; };
    const auto add = [&](const std::string& key) -> DockerConfig::Entry* {
        DockerConfig::Entry entry;
        entry.key = key;
        if (!read_key(key, entry)) return nullptr;  // of another kind of server: never asked for
        return &config.entries.emplace_back(std::move(entry));
    };
    if (const Json* const auths = document->find("auths"); auths != nullptr && auths->type != Json::Type::null) {
        if (!auths->is_object()) return bad("auths is no object");
        for (const Json::Member& one : auths->members) {
            if (!room()) return bad("over " + std::to_string(kMaxDockerEntries) + " entries");
            const RegistryCredentials credentials = TRY(read_credentials(one.second, one.first));
            if (DockerConfig::Entry* const entry = add(one.first); entry != nullptr) entry->credentials = credentials;
        }
    }
    if (const Json* const helpers = document->find("credHelpers"); helpers != nullptr && helpers->type != Json::Type::null) {
        if (!helpers->is_object()) return bad("credHelpers is no object");
        for (const Json::Member& one : helpers->members) {
            if (!room()) return bad("over " + std::to_string(kMaxDockerEntries) + " entries");
            if (!one.second.is_text() || !is_helper_name(one.second.text)) return bad_entry(one.first, "of credHelpers names no helper");
            if (DockerConfig::Entry* const entry = add(one.first); entry != nullptr) entry->helper = one.second.text;
        }
    }
    config.store = TRY(optional_text(*document, "credsStore", "credsStore"));
    if (!config.store.empty() && !is_helper_name(config.store)) return bad("credsStore names no helper");
    return config;
}

CredentialSource find_credentials(const DockerConfig& config, std::string_view host, std::string_view path) {
    // The longest path; of one length a helper, as docker has it, then what has something in it, then the first.
    const auto rank = [](const DockerConfig::Entry& entry) {
        return std::make_pair(entry.path.size(), entry.helper.empty() ? (entry.credentials.empty() ? 0 : 1) : 2);
    };
    const DockerConfig::Entry* best = nullptr;
    for (const DockerConfig::Entry& entry : config.entries) {
        const bool below = entry.path.empty() || path == entry.path || (path.starts_with(entry.path) && path[entry.path.size()] == '/');
        if (entry.host != host || !below) continue;
        if (best == nullptr || rank(entry) > rank(*best)) best = &entry;
    }
    CredentialSource source;
    if (best != nullptr) {
        source.server = best->key;
        source.credentials = best->credentials;
        source.helper = best->helper;
        if (!source.helper.empty()) source.credentials = RegistryCredentials{};
    }
    if (source.credentials.empty() && source.helper.empty() && !config.store.empty()) {
        source.helper = config.store;
        if (source.server.empty()) source.server = host;
    }
    return source;
}

Result<RegistryCredentials> parse_helper_answer(ByteView bytes) {
    const auto document = codec::parse_json(bytes, kLimits);
    const std::string* const user = document.ok() ? document->find_text("Username") : nullptr;
    const std::string* const secret = document.ok() ? document->find_text("Secret") : nullptr;
    if (user == nullptr || secret == nullptr) return Error{ErrorCode::malformed, "its answer has no Username and Secret"};
    if (*user == "<token>") return RegistryCredentials{"", "", *secret};
    return RegistryCredentials{*user, *secret, ""};
}

}  // namespace headgate::io
