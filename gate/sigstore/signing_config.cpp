#include "sigstore/signing_config.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "sigstore/fields.hpp"
#include "sigstore/valid_for.hpp"

namespace headgate::sigstore {
namespace {

using codec::Json;

constexpr std::string_view kMediaType = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
constexpr std::size_t kMaxUrl = 2048;
constexpr std::size_t kMaxName = 256;

Result<Service> read_service(const Json& json) {
    const Fields fields = TRY(Fields::of(json, "a service", {"url", "majorApiVersion", "validFor", "operator"}));
    Service service;
    service.url = TRY(fields.text("url", kMaxUrl));
    if (!service.url.starts_with("https://") && !service.url.starts_with("http://")) return fields.error("url", "is no http or https URL");
    service.version = TRY(fields.number("majorApiVersion"));
    service.valid_for = TRY(read_valid_for(fields));
    service.operated_by = TRY(fields.optional_text("operator", kMaxName));
    return service;
}

Result<std::vector<Service>> read_services(const Fields& config, std::string_view name) {
    std::vector<Service> services;
    if (const auto* const items = TRY(config.list(name, kMaxServices))) {
        for (const Json& item : *items) services.push_back(TRY(read_service(item)));
    }
    return services;
}

Result<Selection> read_selection(const Fields& config, std::string_view name, bool needed) {
    Selection selection;
    const Json* const json = config.find(name);
    if (json == nullptr && needed) return config.error(name, "is missing, though there are services to choose from");
    if (json == nullptr) return selection;
    const Fields fields = TRY(Fields::of(*json, "a selection of services", {"selector", "count"}));
    const std::string selector = TRY(fields.text("selector", 64));
    if (selector != "ALL" && selector != "ANY" && selector != "EXACT") return fields.error("selector", "is none of ALL, ANY and EXACT");
    selection.selector = selector == "ALL" ? Selector::all : selector == "ANY" ? Selector::any : Selector::exact;
    if (fields.find("count") != nullptr) selection.count = TRY(fields.number("count"));
    if (selection.selector == Selector::exact && (fields.find("count") == nullptr || selection.count == 0 || selection.count > kMaxServices)) {
        return fields.error("count", "is no number of services from 1 to " + std::to_string(kMaxServices));
    }
    return selection;
}

}  // namespace

Result<SigningConfig> parse_signing_config(ByteView json) {
    codec::JsonLimits limits;
    limits.depth = 8;
    limits.bytes = kMaxSigningConfig;
    limits.values = 10'000;
    const Json document = TRY(codec::parse_json(json, limits));
    const Fields fields = TRY(Fields::of(document, "the signing config",
                                         {"mediaType", "caUrls", "oidcUrls", "rekorTlogUrls", "rekorTlogConfig", "tsaUrls", "tsaConfig"}));
    const std::string type = TRY(fields.text("mediaType", kMaxName));
    if (type != kMediaType) {
        return malformed("not a Sigstore SigningConfig of version 0.2: its \"mediaType\" is \"" + escape_terminal(type, 120) + "\"");
    }
    SigningConfig config;
    config.certificate_authorities = TRY(read_services(fields, "caUrls"));
    config.identity_providers = TRY(read_services(fields, "oidcUrls"));
    config.logs = TRY(read_services(fields, "rekorTlogUrls"));
    config.log_selection = TRY(read_selection(fields, "rekorTlogConfig", !config.logs.empty()));
    config.timestamp_authorities = TRY(read_services(fields, "tsaUrls"));
    config.timestamp_selection = TRY(read_selection(fields, "tsaConfig", !config.timestamp_authorities.empty()));
    return config;
}

Result<std::vector<Service>> choose_services(const std::vector<Service>& services, const Selection& selection,
                                             std::span<const std::uint64_t> versions, Instant now, const std::string& what) {
    std::vector<Service> sorted = services;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Service& a, const Service& b) { return a.valid_for.start > b.valid_for.start; });
    std::vector<Service> chosen;
    for (const std::uint64_t version : versions) {
        std::set<std::string> operators;
        for (const Service& service : sorted) {
            if (service.version != version || !service.valid_for.contains(now)) continue;
            if (operators.insert(service.operated_by).second) chosen.push_back(service);
        }
        if (!chosen.empty()) break;
    }
    const std::size_t needed = selection.selector == Selector::exact ? selection.count : 1;
    if (chosen.size() < needed) {
        return Error{ErrorCode::usage, "the signing config has " + std::to_string(chosen.size()) + " " + what + " in use at " + format_instant(now) +
                                           " whose interface is known, " + std::to_string(needed) + " needed"};
    }
    if (selection.selector != Selector::all) chosen.erase(chosen.begin() + static_cast<std::ptrdiff_t>(needed), chosen.end());
    return chosen;
}

}  // namespace headgate::sigstore
