#include "server/settings.hpp"

#include "base/text.hpp"
#include "io/file_source.hpp"

namespace headgate::server {

Result<std::vector<std::string>> read_tokens(const std::string& path) {
    std::vector<std::string> tokens;
    if (path.empty()) return tokens;
    const Bytes bytes = TRY(io::read_file(path, 1U << 20U));
    for (const std::string_view line : split_lines(as_text(bytes))) {
        const std::string_view token = trim(line);
        if (token.empty()) continue;
        if (token.size() < 16) return Error{ErrorCode::usage, path + ": a token shorter than 16 characters"};
        tokens.emplace_back(token);
    }
    if (tokens.empty()) return Error{ErrorCode::usage, path + ": holds no token"};
    return tokens;
}

Result<std::vector<std::string>> real_roots(const std::vector<std::string>& roots) {
    std::vector<std::string> real;
    for (const std::string& root : roots) {
        if (TRY(io::path_type(root)) != io::Entry::Type::folder) return Error{ErrorCode::usage, root + ": not a folder"};
        real.push_back(TRY(io::real_path(root)));
    }
    return real;
}

bool generic_is_guarded(const ServeOptions& options) { return !options.token_file.empty() || !options.tls.client_ca.empty(); }

Result<void> refuse_open_doors(const ServeOptions& options) {
    const bool files = !options.tls.certificate.empty();
    if (files == options.tls.private_key.empty()) {
        return Error{ErrorCode::usage, "--tls-cert and --tls-key go together"};
    }
    if (files && options.own_tls) return Error{ErrorCode::usage, "--tls-self-signed makes its own certificate: no --tls-cert beside it"};
    if (options.own_tls && options.own_tls->names.empty()) return Error{ErrorCode::usage, "--tls-self-signed needs --tls-name: what clients call this server"};
    const bool tls = files || options.own_tls.has_value();
    if (!tls && !options.tls.client_ca.empty()) return Error{ErrorCode::usage, "--client-ca needs --tls-cert"};
    if (options.mutate && !options.admission) return Error{ErrorCode::usage, "--mutate needs --admission: only what is validated may be changed"};
    if (is_loopback(options.listen)) return {};
    if (!tls) return Error{ErrorCode::usage, options.listen + " is not loopback: --tls-cert and --tls-key are needed"};
    if (!generic_is_guarded(options) && !options.admission) {
        return Error{ErrorCode::usage, options.listen + " is not loopback: --token-file or --client-ca is needed"};
    }
    return {};
}

std::vector<std::string> watched_files(const ServeOptions& options) {
    std::vector<std::string> watched = {options.policy, options.tls.certificate, options.tls.private_key, options.tls.client_ca};
    if (options.own_tls) {
        for (const std::string& path : {options.own_tls->bundle(), options.own_tls->certificate(), options.own_tls->private_key()}) watched.push_back(path);
    }
    watched.insert(watched.end(), options.advisories.advisories.begin(), options.advisories.advisories.end());
    watched.insert(watched.end(), options.advisories.vex.begin(), options.advisories.vex.end());
    return watched;
}

}  // namespace headgate::server
