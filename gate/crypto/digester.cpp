#include "crypto/digester.hpp"

#include "crypto/must.hpp"
#include "crypto/openssl.hpp"

namespace headgate::crypto {

struct Digester::State {
    FileHash hash;
    DigestContextPtr context{EVP_MD_CTX_new()};
};

std::string_view to_string(FileHash hash) { return hash == FileHash::blake2b ? "blake2b" : "sha256"; }

std::size_t digest_size(FileHash hash) { return hash == FileHash::blake2b ? 64 : 32; }

Digester::Digester(FileHash hash) : state_(new State{hash}) {
    const EVP_MD* const algorithm = hash == FileHash::blake2b ? EVP_blake2b512() : EVP_sha256();
    must(EVP_DigestInit_ex(state_->context.get(), algorithm, nullptr) == 1);
}
Digester::~Digester() = default;
Digester::Digester(Digester&&) noexcept = default;
Digester& Digester::operator=(Digester&&) noexcept = default;

void Digester::update(ByteView bytes) {
    must(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

Bytes Digester::finish() {
    Bytes digest(digest_size(state_->hash));
    unsigned length = 0;
    must(EVP_DigestFinal_ex(state_->context.get(), digest.data(), &length) == 1 && length == digest.size());
    return digest;
}

}  // namespace headgate::crypto
