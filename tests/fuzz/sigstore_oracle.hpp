// sigstore_oracle.hpp: the world that the seeds of the Sigstore targets were made in (tests/unit/sigstore/seeds_test.cpp).
#pragma once

#include "fuzz/oracle.hpp"
#include "recipes/sigstore_world.hpp"

namespace headgate::fuzz {

inline const std::string kArtifact = "the artifact";
inline const std::string kPayload = "{\"a\":1}";

/// Never dies: OpenSSL's clean-up at exit would come after it.
inline const sigstore::Request& request() {
    static const auto* const kRequest = new sigstore::Request(recipes::world().request(kArtifact));
    return *kRequest;
}

}  // namespace headgate::fuzz
