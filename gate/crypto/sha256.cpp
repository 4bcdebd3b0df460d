#include "crypto/sha256.hpp"

#include <openssl/evp.h>

#include "base/encoding.hpp"
#include "crypto/must.hpp"

namespace headgate::crypto {

struct Sha256::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    State() = default;
    ~State() { EVP_MD_CTX_free(context); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    const int started = EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr);
    must(started == 1);
    static_cast<void>(started);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(ByteView bytes) {
    const int updated = EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
    must(updated == 1);
    static_cast<void>(updated);
}

Sha256Digest Sha256::finish() {
    Sha256Digest digest{};
    unsigned length = 0;
    const int finished = EVP_DigestFinal_ex(state_->context, digest.data(), &length);
    must(finished == 1 && length == digest.size());
    static_cast<void>(finished);
    return digest;
}

Sha256Digest sha256(ByteView bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

std::string sha256_hex(ByteView bytes) { return to_hex(sha256(bytes)); }

}  // namespace headgate::crypto
