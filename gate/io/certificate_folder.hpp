// certificate_folder.hpp: a folder with an authority of its own and a server's certificate under it, renewed in time. Several processes may
// share the folder: one of them renews, the others find it done.
//
//   ca.crt   every authority that may have signed what is served, now or next: what clients are to trust (a webhook's caBundle)
//   ca.key   0600, of the newest authority
//   tls.crt  the server's certificate
//   tls.key  0600, its key
//
// A new authority stands in ca.crt for at least two thirds of a server certificate's life before it signs one: that is the time in which
// whoever publishes the bundle does so.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace headgate::io {

struct CertificateLives {
    std::int64_t authority = 5LL * 365 * 86'400;   // seconds; renewed at two thirds
    std::int64_t server = 60LL * 86'400;           // as is this one
};

struct CertificateFolder {
    std::string folder;
    std::vector<std::string> names;                // DNS names and addresses of the server, at least one
    CertificateLives lives = {};

    std::string bundle() const { return folder + "/ca.crt"; }
    std::string authority_key() const { return folder + "/ca.key"; }
    std::string certificate() const { return folder + "/tls.crt"; }
    std::string private_key() const { return folder + "/tls.key"; }
};

struct RenewedCertificates {
    bool authority = false;
    bool server = false;
};

/// The folder itself, for its owner alone, where there is none; its parent exists.
Result<void> make_certificate_folder(const CertificateFolder& folder);

/// DNS names and addresses in the server's certificate as it lies there; empty where none can be read.
std::vector<std::string> names_in_certificate(const CertificateFolder& folder);

/// Makes what is missing, broken, of other names, or due; the folder exists. Answers what was made. Every file is whole or not there.
Result<RenewedCertificates> renew_certificates(const CertificateFolder& folder, Instant now);

/// Renews the server's certificate alone, if it is broken, of other names, or due. The authority stays as it is, so that whoever trusts the bundle need
/// not be told: Error{key} where there is none, or its life is shorter than a new certificate's.
Result<RenewedCertificates> renew_server_certificate(const CertificateFolder& folder, Instant now);

/// The server's certificate, as it lies there, is valid now and chains to the bundle as it lies there. The Error says why not.
Result<void> served_chains_to_bundle(const std::string& certificate, const std::string& bundle, Instant now);

}  // namespace headgate::io
