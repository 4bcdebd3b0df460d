// identity_token.hpp: where a signer's identity token comes from: a file, the environment, or the CI system that runs this process.
#pragma once

#include <string>

#include "base/result.hpp"
#include "sigstore/identity_token.hpp"

namespace headgate::cli {

/// Found before the long work, used after it: a token lives for minutes only.
class TokenSource {
  public:
    /// `file` where it is given; else SIGSTORE_ID_TOKEN (GitLab's id_tokens, and the habit of other Sigstore clients); else GitHub Actions. An
    /// Error{usage} that says what to do where there is none.
    static Result<TokenSource> find(const std::string& file);
    /// The token, for this audience. From GitHub it is asked for now.
    Result<sigstore::IdentityToken> token(const std::string& audience) const;

  private:
    std::string text_;               // the token, where it was there
    std::string request_url_;        // GitHub's, and the bearer token for it
    std::string request_token_;
};

}  // namespace headgate::cli
