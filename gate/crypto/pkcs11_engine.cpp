// OpenSSL 3 calls engines deprecated; Debian 12 has a PKCS#11 engine and no provider.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/pkcs11_engine.hpp"

#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/ui.h>

#include "crypto/openssl.hpp"

namespace headgate::crypto {
namespace {

// Alive until the process ends: keys hold on to it.
ENGINE* engine() {
    static ENGINE* const kEngine = [] {
        ENGINE_load_dynamic();
        ENGINE* const found = ENGINE_by_id("pkcs11");
        ERR_clear_error();
        return found;
    }();
    return kEngine;
}

// A terminal is never asked: the PIN was given before, or there is none.
int no_answer(UI*, UI_STRING*) { return -1; }

UI_METHOD* silent() {
    static UI_METHOD* const kMethod = [] {
        UI_METHOD* const method = UI_create_method("headgate");
        if (method != nullptr) UI_method_set_reader(method, no_answer);
        return method;
    }();
    return kMethod;
}

}  // namespace

Result<void> has_pkcs11_engine() {
    if (engine() != nullptr) return {};
    return Error{ErrorCode::key,
                 "OpenSSL has no engine \"pkcs11\" here; install it (Debian: apt-get install libengine-pkcs11-openssl), or name its folder in OPENSSL_ENGINES"};
}

Result<PrivateKey> open_engine_key(const std::string& module, const Pkcs11Uri& uri, const std::string& pin) {
    TRY_VOID(has_pkcs11_engine());
    ENGINE* const with = engine();
    const bool ready = ENGINE_ctrl_cmd_string(with, "MODULE_PATH", module.c_str(), 0) == 1 &&
                       (pin.empty() || ENGINE_ctrl_cmd_string(with, "PIN", pin.c_str(), 0) == 1) && ENGINE_init(with) == 1;
    if (!ready) return Error{ErrorCode::key, "OpenSSL's PKCS#11 engine does not start with the module " + module};
    KeyPtr key(ENGINE_load_private_key(with, write_pkcs11_path(uri).c_str(), silent(), nullptr));
    ERR_clear_error();
    if (key == nullptr) return Error{ErrorCode::key, "OpenSSL's PKCS#11 engine cannot load the key"};
    // Its kind is asked of the public part: what the engine made answers questions about curves in words of its own.
    unsigned char* der = nullptr;
    const int length = i2d_PUBKEY(key.get(), &der);
    const unsigned char* at = der;
    const KeyPtr public_part(length > 0 ? d2i_PUBKEY(nullptr, &at, length) : nullptr);
    OPENSSL_free(der);
    if (public_part == nullptr) return Error{ErrorCode::key, "the token does not tell the public part of the key; put its public key on the token too"};
    const KeyType type = TRY(type_of(public_part.get()));
    return PrivateKey(std::make_shared<PrivateKey::Handle>(PrivateKey::Handle{std::move(key), type}));
}

}  // namespace headgate::crypto
