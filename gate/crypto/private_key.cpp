// private_key.cpp: reading private keys, with a passphrase where they need one, and signing with them.
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>

#include "crypto/openssl.hpp"
#include "crypto/must.hpp"

namespace headgate::crypto {
namespace {

Error key_error(std::string message) { return {ErrorCode::key, std::move(message)}; }

struct Passphrase {
    const std::optional<std::string>& text;
    bool asked = false;
};

// OpenSSL's own callback would ask on the terminal. This one knows or gives up.
int give_passphrase(char* buffer, int size, int, void* context) {
    auto& passphrase = *static_cast<Passphrase*>(context);
    passphrase.asked = true;
    if (!passphrase.text || size < 0 || passphrase.text->size() > static_cast<std::size_t>(size)) return -1;
    std::copy(passphrase.text->begin(), passphrase.text->end(), buffer);  // a length, no terminator
    return static_cast<int>(passphrase.text->size());
}

std::size_t count_keys(std::string_view pem) {
    std::size_t count = 0;
    for (std::size_t at = pem.find("-----BEGIN "); at != std::string_view::npos; at = pem.find("-----BEGIN ", at + 1)) {
        const std::string_view label = pem.substr(at + 11, pem.find("-----", at + 11) - (at + 11));
        if (label != "EC PARAMETERS") ++count;  // `openssl ecparam -genkey` writes them in front
    }
    return count;
}

}  // namespace

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem, const std::optional<std::string>& passphrase) {
    if (pem.size() > (64U << 10U)) return key_error("larger than any key");
    if (pem.find("PRIVATE KEY-----") == std::string_view::npos) {
        return key_error(pem.find("PUBLIC KEY-----") != std::string_view::npos
                             ? "this is a public key; signing needs the private one"
                             : "not a private key: a PEM block \"BEGIN PRIVATE KEY\" is expected");
    }
    if (count_keys(pem) != 1) return key_error("more than one PEM block; exactly one private key is expected");
    const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    Passphrase given{passphrase};
    KeyPtr key(bio == nullptr ? nullptr : PEM_read_bio_PrivateKey(bio.get(), nullptr, give_passphrase, &given));
    if (key == nullptr && given.asked) {
        return key_error(passphrase ? "the private key is encrypted and the passphrase does not open it"
                                    : "the private key is encrypted and no passphrase was given "
                                      "(HEADGATE_KEY_PASSPHRASE)");
    }
    if (key == nullptr) return key_error("the PEM block holds no private key that OpenSSL can read");
    const KeyType type = TRY(type_of(key.get()));
    return PrivateKey(std::make_shared<Handle>(Handle{std::move(key), type}));
}

Result<PrivateKey> PrivateKey::generate(KeyType type) {
    EVP_PKEY* key = nullptr;
    switch (type) {
        case KeyType::ecdsa_p256: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"); break;
        case KeyType::ecdsa_p384: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"); break;
        case KeyType::ecdsa_p521: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-521"); break;
        case KeyType::ed25519: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); break;
        case KeyType::rsa: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(3072)); break;
    }
    if (key == nullptr) return key_error("no key could be made");
    return PrivateKey(std::make_shared<Handle>(Handle{KeyPtr(key), type}));
}

KeyType PrivateKey::type() const { return handle_->type; }

Result<Bytes> PrivateKey::sign(ByteView message) const {
    const DigestContextPtr context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;
    EVP_PKEY* const key = handle_->key.get();
    bool ready = context != nullptr &&
                 EVP_DigestSignInit(context.get(), &parameters, hash_of(handle_->type), nullptr, key) == 1;
    if (ready && handle_->type == KeyType::rsa) {
        ready = EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
                EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    std::size_t length = 0;
    if (!ready || EVP_DigestSign(context.get(), nullptr, &length, message.data(), message.size()) != 1) {
        return key_error("this key cannot sign");
    }
    Bytes signature(length);
    if (EVP_DigestSign(context.get(), signature.data(), &length, message.data(), message.size()) != 1) {
        return key_error("signing failed");
    }
    signature.resize(length);
    return signature;
}

PublicKey PrivateKey::public_key() const {
    // Through DER: the copy holds no private part.
    unsigned char* der = nullptr;
    const int length = i2d_PUBKEY(handle_->key.get(), &der);
    must(length > 0);
    const unsigned char* at = der;
    KeyPtr key(d2i_PUBKEY(nullptr, &at, length));
    OPENSSL_free(der);
    must(key != nullptr);
    auto copy = public_key_of(std::move(key), handle_->type);
    must(copy.ok());
    return std::move(copy).value();
}

std::string PrivateKey::pem() const {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    const int written = PEM_write_bio_PKCS8PrivateKey(bio.get(), handle_->key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    must(written == 1);
    static_cast<void>(written);
    return content_of(bio.get());
}

}  // namespace headgate::crypto
