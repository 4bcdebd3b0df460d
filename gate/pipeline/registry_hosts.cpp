#include "pipeline/registry_hosts.hpp"

#include <algorithm>

#include "codec/yaml.hpp"
#include "pipeline/decide.hpp"

namespace headgate::pipeline {
namespace {

std::vector<std::string> read_build_tools() {
    const auto bytes = rule_data().file("registries.yaml");
    if (!bytes) return {};
    const auto document = codec::parse_yaml(*bytes);
    const codec::Yaml* const maven = document.ok() ? document->find("maven") : nullptr;
    const codec::Yaml* const places = maven == nullptr ? nullptr : maven->find("build-tools");
    std::vector<std::string> read;
    if (places == nullptr) return read;
    for (const codec::Yaml& place : places->items) {
        if (place.text.starts_with("https://") && place.text.ends_with('/')) read.push_back(place.text);
    }
    return read;
}

}  // namespace

std::span<const std::string> published_build_tools() {
    static const std::vector<std::string> places = read_build_tools();
    return places;
}

Result<void> add_known_registries(io::RegistryOptions& options) {
    const auto bytes = rule_data().file("registries.yaml");
    if (!bytes) return Error{ErrorCode::internal, "rules/registries.yaml is missing"};
    const codec::Yaml document = TRY(codec::parse_yaml(*bytes));
    const codec::Yaml* const images = document.find("oci");
    const codec::Yaml* const answers = images == nullptr ? nullptr : images->find("answers");
    const codec::Yaml* const tokens = images == nullptr ? nullptr : images->find("tokens");
    if (answers == nullptr || tokens == nullptr) return Error{ErrorCode::internal, "rules/registries.yaml: oci has no answers or tokens"};
    for (const codec::Yaml::Entry& one : answers->entries) {
        const bool known = std::any_of(options.api_hosts.begin(), options.api_hosts.end(), [&](const auto& host) { return host.host == one.key; });
        if (!known) options.api_hosts.push_back({one.key, one.value.text});
    }
    for (const codec::Yaml& one : tokens->items) options.token_services.push_back(one.text);
    return {};
}

}  // namespace headgate::pipeline
