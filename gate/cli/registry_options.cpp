#include "cli/registry_options.hpp"

#include <cstdlib>

#include "io/file_source.hpp"
#include "pipeline/registry_hosts.hpp"
#include "pipeline/registry_images.hpp"

namespace headgate::cli {
namespace {

std::string environment(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// Where docker keeps its credentials; "" where there is none.
std::string usual_config() {
    const std::string folder = environment("DOCKER_CONFIG");
    const std::string home = environment("HOME");
    if (folder.empty() && home.empty()) return "";
    const std::string path = folder.empty() ? home + "/.docker/config.json" : folder + "/config.json";
    return io::path_type(path).ok() ? path : "";
}

// With what is known of public registries: from where they answer, and where their tokens come from.
Result<std::shared_ptr<io::Registry>> open_known(io::RegistryOptions options) {
    TRY_VOID(pipeline::add_known_registries(options));
    return io::Registry::open(std::move(options));
}

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }

// "registry.example:5000"; what else a URL has would never be compared with anything.
Result<void> check_host(const std::string& option, const std::string& host) {
    if (!host.empty() && host.find_first_of("/@ ") == std::string::npos) return {};
    return usage(option + " " + host + ": expected HOST or HOST:PORT");
}

Result<void> check_file(const std::string& option, const std::string& path) {
    if (path.empty()) return {};
    const auto type = io::path_type(path);
    if (!type.ok()) return Error{type.error().code, option + ": " + type.error().message};
    return {};
}

}  // namespace

Result<io::RegistryOptions> RegistryArguments::options() const {
    io::RegistryOptions options;
    TRY_VOID(check_file("--registry-config", config));
    TRY_VOID(check_file("--registry-ca", ca));
    options.docker_config = config.empty() ? usual_config() : config;
    options.ca_file = ca;
    for (const std::string& host : plain_http) TRY_VOID(check_host("--registry-plain-http", host));
    for (const std::string& host : private_hosts) TRY_VOID(check_host("--registry-allow-private", host));
    options.plain_http = plain_http;
    options.private_hosts = private_hosts;
    for (const std::string& service : token_services) {
        if (!service.starts_with("https://")) return usage("--registry-token-service " + service + ": expected https://HOST[:PORT]");
        TRY_VOID(check_host("--registry-token-service", service.substr(std::string_view("https://").size())));
    }
    options.token_services = token_services;
    for (const std::string& mirror : mirrors) {
        const std::size_t equals = mirror.find('=');
        const std::string prefix = equals == std::string::npos ? "" : mirror.substr(equals + 1);
        if (prefix.empty() || prefix.find("://") != std::string::npos) {
            return usage("--registry-mirror " + mirror + ": expected HOST=HOST[:PORT][/PATH]");
        }
        TRY_VOID(check_host("--registry-mirror", mirror.substr(0, equals)));
        options.mirrors.push_back({mirror.substr(0, equals), prefix});
    }
    return options;
}

std::vector<std::pair<std::string, std::string>> RegistryArguments::files() const {
    return {{"--registry-config", config}, {"--registry-ca", ca}};
}

void add_registry_options(CLI::App& app, RegistryArguments& arguments) {
    app.add_option("--registry-config", arguments.config, "credentials for registries, as docker login writes them (default: docker's own)")->type_name("FILE");
    app.add_option("--registry-ca", arguments.ca, "further authorities whose certificates registries may have (PEM)")->type_name("FILE");
    app.add_option("--registry-plain-http", arguments.plain_http, "registry that is spoken to without TLS (repeatable)")
        ->type_name("ADDRESS:PORT")
        ->allow_extra_args(false);
    app.add_option("--registry-allow-private", arguments.private_hosts, "registry that may be at a loopback, link-local or private address (repeatable)")
        ->type_name("ADDRESS:PORT")
        ->allow_extra_args(false);
    app.add_option("--registry-token-service", arguments.token_services,
                   "origin to which credentials of a registry may go for a token, beside the registry itself (repeatable)")
        ->type_name("URL")
        ->allow_extra_args(false);
    app.add_option("--registry-mirror", arguments.mirrors, "asked in place of a registry: docker.io=mirror.example/hub (repeatable)")
        ->type_name("WORDS")
        ->allow_extra_args(false);
}

void add_offline_option(CLI::App& app, RegistryArguments& arguments) {
    app.add_flag("--offline", arguments.offline, "ask no registry: what the policy wants looked up could not be decided");
}

Result<std::shared_ptr<io::Registry>> open_registry(const RegistryArguments& arguments) {
    return open_known(TRY(arguments.options()));
}

Result<std::shared_ptr<pipeline::RegistryImages>> open_images(const RegistryArguments& arguments) {
    const io::RegistryOptions options = TRY(arguments.options());
    if (arguments.offline) return std::shared_ptr<pipeline::RegistryImages>();
    std::shared_ptr<const io::Registry> registry = TRY(open_known(options));
    return std::make_shared<pipeline::RegistryImages>(std::move(registry));
}

Result<void> bring_registry(const RegistryArguments& arguments, const Policy& policy, pipeline::Request& request) {
    const io::RegistryOptions options = TRY(arguments.options());  // a mistake is told, whether or not a registry is asked
    if (arguments.offline || !pipeline::asks_registry(policy)) return {};
    std::shared_ptr<const io::Registry> registry = TRY(open_known(options));
    request.registry = std::make_shared<pipeline::RegistryImages>(std::move(registry));
    return {};
}

}  // namespace headgate::cli
