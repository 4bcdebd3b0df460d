// tls_holder.hpp: the TLS context in force: from files that somebody else renews, or from a folder whose certificates are made and renewed here
// (io/certificate_folder.hpp). When it ends is in /metrics, and in the log when that is near: who renews it may have stopped.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "crypto/tls.hpp"
#include "io/certificate_folder.hpp"

namespace headgate::server {

class TlsHolder {
  public:
    /// `own`: its files are made when they are missing; then `files` names only the clients' CA, if any.
    TlsHolder(crypto::TlsContext::Files files, std::optional<io::CertificateFolder> own);

    /// Renews what is due and loads it. A certificate that does not load leaves the last good one in force.
    Result<void> reload(Instant now);
    /// Of a folder of its own: whether something was renewed, by this process or another's, is looked at once a minute. True: reload.
    bool due(Instant now);
    /// nullopt without TLS.
    std::optional<crypto::TlsContext> current() const;
    /// "" when clients that trust the published bundle will take what is served, else why not. Files of somebody else: "".
    std::string unready() const;
    const crypto::TlsContext::Files& files() const { return files_; }

    /// What is to be told of the certificate that is served, once each: that it is another than before (its SHA-256 and end), and, once a day, that
    /// less than a week of it is left: of one whose life is shorter than three weeks, less than a third. Called by who calls reload().
    std::vector<std::string> news(Instant now);
    /// Its end as a gauge for /metrics; none without TLS.
    std::string metrics() const;

  private:
    crypto::TlsContext::Files files_;
    std::optional<io::CertificateFolder> own_;
    Instant looked_;                     // one thread calls reload() and due()
    mutable std::mutex mutex_;
    std::optional<crypto::TlsContext> context_;
    std::string unready_;
    struct Served {
        std::string sha256;
        Instant begin, end;
    };
    std::optional<Served> served_;       // nullopt: no certificate, or one that cannot be read as one
    std::string told_;                   // SHA-256 of the one of which news() has told last; used by its caller alone, as is the next
    std::optional<Instant> warned_;
};

}  // namespace headgate::server
