#include "crypto/digester.hpp"

#include "crypto/must.hpp"
#include "crypto/openssl.hpp"

namespace headgate::crypto {

struct Digester::State {
    FileHash hash;
    DigestContextPtr context{EVP_MD_CTX_new()};
};

namespace {

const EVP_MD* algorithm_of(FileHash hash) {
    switch (hash) {
        case FileHash::blake2b: return EVP_blake2b512();
        case FileHash::sha384: return EVP_sha384();
        case FileHash::sha512: return EVP_sha512();
        case FileHash::sha256: break;
    }
    return EVP_sha256();
}

}  // namespace

std::string_view to_string(FileHash hash) {
    switch (hash) {
        case FileHash::blake2b: return "blake2b";
        case FileHash::sha384: return "sha384";
        case FileHash::sha512: return "sha512";
        case FileHash::sha256: break;
    }
    return "sha256";
}

std::size_t digest_size(FileHash hash) { return static_cast<std::size_t>(EVP_MD_get_size(algorithm_of(hash))); }

Digester::Digester(FileHash hash) : state_(new State{hash}) {
    must(EVP_DigestInit_ex(state_->context.get(), algorithm_of(hash), nullptr) == 1);
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
