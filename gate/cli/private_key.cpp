#include "cli/private_key.hpp"

#include <cstdlib>

#include "base/text.hpp"
#include "crypto/pkcs11_engine.hpp"
#include "crypto/pkcs11_uri.hpp"
#include "io/file_source.hpp"
#include "io/token.hpp"

namespace headgate::cli {
namespace {

constexpr std::uint64_t kMaxPinFile = 4096;
constexpr std::size_t kMaxPin = 32;                                // of the engine
constexpr const char* kConfiguredModule = "p11-kit-proxy.so";      // every module that p11-kit is configured for

std::optional<std::string> variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// RFC 7512 lets a pin-source be a file: URI or a path; a command to run (pipes of other programs) is neither.
Result<std::string> pin_in(std::string source) {
    if (source.starts_with("file:")) source.erase(0, 5);
    if (source.starts_with("///")) source.erase(0, 2);
    const Bytes content = TRY(io::read_file(source, kMaxPinFile));
    const std::string_view text = as_text(content);
    return std::string(text.substr(0, text.find_first_of("\r\n")));
}

Result<std::string> pin_of(const crypto::Pkcs11Uri& uri) {
    std::string pin = uri.pin_value.value_or("");
    if (uri.pin_source) pin = TRY(pin_in(*uri.pin_source));
    if (!uri.pin_value && !uri.pin_source) pin = variable("HEADGATE_KEY_PIN").value_or("");
    if (pin.size() > kMaxPin) return Error{ErrorCode::key, "a PIN of more than 32 bytes"};
    return pin;
}

Result<crypto::PrivateKey> open_token_key(const std::string& text) {
    const auto uri = TRY(crypto::parse_pkcs11_uri(text));
    TRY_VOID(crypto::has_pkcs11_engine());
    const std::string module = uri.module_path.empty() ? variable("PKCS11_MODULE_PATH").value_or(kConfiguredModule) : uri.module_path;
    const std::string pin = TRY(pin_of(uri));
    const io::TokenKey found = TRY(io::find_token_key(module, uri, pin));
    auto key = crypto::open_engine_key(module, found.uri, pin);
    if (!key.ok() && found.beside_edwards) {
        return Error{ErrorCode::key, "OpenSSL's PKCS#11 engine cannot list this token's keys: one of them is on an Edwards curve, which it does not "
                                     "know; keep that key on another token"};
    }
    return key;
}

Result<crypto::PrivateKey> read_pem(const std::string& path) {
    const Bytes pem = TRY(io::read_file(path, 64U << 10U));
    return crypto::PrivateKey::from_pem(as_text(pem), variable("HEADGATE_KEY_PASSPHRASE"));
}

}  // namespace

std::string key_name(const std::string& key) { return std::string(crypto::without_pin(key)); }

Result<crypto::PrivateKey> read_private_key(const std::string& key) {
    const bool on_token = crypto::is_pkcs11_uri(key);
    auto read = on_token ? open_token_key(key) : read_pem(key);
    // What could not be opened as a file says so itself.
    if (!read.ok() && (on_token || read.error().code == ErrorCode::key)) {
        return Error{read.error().code, key_name(key) + ": " + read.error().message};
    }
    return read;
}

}  // namespace headgate::cli
