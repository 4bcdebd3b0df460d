#include "io/token.hpp"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace headgate::io {
namespace {

constexpr CK_ULONG kMaxSlots = 1024;
constexpr CK_ULONG kMaxKeys = 64;          // looked at
constexpr CK_ULONG kMaxAttribute = 1024;   // bytes of a label or id

Error key_error(std::string message) { return {ErrorCode::key, std::move(message)}; }

std::string code(CK_RV value) {
    std::string hex;
    for (int shift = 12; shift >= 0; shift -= 4) hex += "0123456789abcdef"[(value >> static_cast<unsigned>(shift)) & 15U];
    return "PKCS#11 error 0x" + hex;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

// A field of a fixed width, filled up with spaces.
template <std::size_t Width>
std::string field(const unsigned char (&bytes)[Width]) {
    std::string text(reinterpret_cast<const char*>(bytes), Width);
    text.erase(text.find_last_not_of(std::string_view(" \0", 2)) + 1);
    return text;
}

struct Token {
    CK_SLOT_ID slot = 0;
    CK_FLAGS flags = 0;
    std::string label, serial, manufacturer, model;

    bool is(const crypto::Pkcs11Uri& uri) const {
        const auto fits = [](const std::optional<std::string>& asked, const std::string& have) { return !asked || *asked == have; };
        return fits(uri.token, label) && fits(uri.serial, serial) && fits(uri.manufacturer, manufacturer) && fits(uri.model, model);
    }
    std::string name() const { return quoted(label) + " (serial=" + serial + ")"; }
};

struct Key {
    std::string label, id;
    CK_KEY_TYPE type = 0;
    bool signs = true;
    bool always_asks = false;

    std::string name() const {
        std::string text = label.empty() ? "" : "object=" + label;
        if (id.empty()) return text;
        if (!text.empty()) text += ";";
        text += "id=";
        for (const char c : id) {
            const auto byte = static_cast<std::uint8_t>(c);
            text += "%" + to_hex({&byte, 1});
        }
        return text;
    }
};

template <typename T>
std::string names_of(const std::vector<T>& all) {
    std::string names;
    for (const T& one : all) names += (names.empty() ? "" : ", ") + one.name();
    return names;
}

// The module, initialised for as long as this lives. It stays loaded: modules do not expect to be unloaded.
class Module {
  public:
    static Result<Module> load(const std::string& path) {
        void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) {
            const char* const why = ::dlerror();
            return key_error("the PKCS#11 module does not load: " + std::string(why == nullptr ? path.c_str() : why) +
                             "; name it with ?module-path=FILE or PKCS11_MODULE_PATH");
        }
        const auto list = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
        CK_FUNCTION_LIST* functions = nullptr;
        if (list == nullptr || list(&functions) != CKR_OK || functions == nullptr) return key_error(path + ": it is no PKCS#11 module");
        CK_C_INITIALIZE_ARGS arguments{};
        arguments.flags = CKF_OS_LOCKING_OK;
        const CK_RV started = functions->C_Initialize(&arguments);
        if (started != CKR_OK && started != CKR_CRYPTOKI_ALREADY_INITIALIZED) {
            return key_error("the PKCS#11 module " + path + " does not start: " + code(started));
        }
        return Module(functions, started == CKR_OK);
    }
    ~Module() {
        if (functions_ != nullptr && ours_) functions_->C_Finalize(nullptr);
    }
    Module(Module&& other) noexcept : functions_(other.functions_), ours_(other.ours_) { other.functions_ = nullptr; }
    Module& operator=(Module&&) = delete;
    CK_FUNCTION_LIST* operator->() const { return functions_; }

    std::vector<Token> tokens() const {
        CK_ULONG count = 0;
        if (functions_->C_GetSlotList(CK_TRUE, nullptr, &count) != CKR_OK) return {};
        std::vector<CK_SLOT_ID> slots(std::min(count, kMaxSlots));
        count = slots.size();
        if (functions_->C_GetSlotList(CK_TRUE, slots.data(), &count) != CKR_OK) return {};
        slots.resize(std::min<std::size_t>(count, slots.size()));
        std::vector<Token> tokens;
        for (const CK_SLOT_ID slot : slots) {
            CK_TOKEN_INFO info{};
            if (functions_->C_GetTokenInfo(slot, &info) != CKR_OK || (info.flags & CKF_TOKEN_INITIALIZED) == 0) continue;
            tokens.push_back({slot, info.flags, field(info.label), field(info.serialNumber), field(info.manufacturerID), field(info.model)});
        }
        return tokens;
    }

  private:
    Module(CK_FUNCTION_LIST* functions, bool ours) : functions_(functions), ours_(ours) {}
    CK_FUNCTION_LIST* functions_;
    bool ours_;
};

// A session with one token. Closing it logs out.
class Session {
  public:
    Session(const Module& module, const Token& token) : module_(module), token_(token) {
        open_ = module_->C_OpenSession(token.slot, CKF_SERIAL_SESSION, nullptr, nullptr, &handle_) == CKR_OK;
    }
    ~Session() {
        if (open_) module_->C_CloseSession(handle_);
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    Result<void> log_in(const std::string& pin) const {
        if (!open_) return key_error("the token " + token_.name() + " opens no session");
        if ((token_.flags & CKF_LOGIN_REQUIRED) == 0) return {};
        if ((token_.flags & CKF_USER_PIN_LOCKED) != 0) return locked();
        const bool keypad = (token_.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
        if (pin.empty() && !keypad) {
            return key_error("the token " + token_.name() + " asks for a PIN; give it in HEADGATE_KEY_PIN, or a file that holds it with ?pin-source=FILE");
        }
        std::string given = keypad ? std::string() : pin;
        const CK_RV answer = module_->C_Login(handle_, CKU_USER, keypad ? nullptr : reinterpret_cast<unsigned char*>(given.data()), given.size());
        switch (answer) {
            case CKR_OK:
            case CKR_USER_ALREADY_LOGGED_IN: return {};
            case CKR_PIN_LOCKED: return locked();
            case CKR_PIN_INCORRECT:
            case CKR_PIN_INVALID:
            case CKR_PIN_LEN_RANGE:
                return key_error("the PIN does not open the token " + token_.name() + "; it was tried once, and a token locks itself after a few");
            default: return key_error("the token " + token_.name() + " lets nobody log in: " + code(answer));
        }
    }

    std::vector<Key> private_keys(const crypto::Pkcs11Uri& uri) const {
        CK_OBJECT_CLASS wanted = CKO_PRIVATE_KEY;
        std::vector<CK_ATTRIBUTE> query = {{CKA_CLASS, &wanted, sizeof wanted}};
        std::string label = uri.object.value_or("");
        std::string id = uri.id.value_or("");
        if (uri.object) query.push_back({CKA_LABEL, label.data(), label.size()});
        if (uri.id) query.push_back({CKA_ID, id.data(), id.size()});
        std::vector<Key> keys;
        if (module_->C_FindObjectsInit(handle_, query.data(), query.size()) != CKR_OK) return keys;
        std::array<CK_OBJECT_HANDLE, kMaxKeys> objects{};
        CK_ULONG count = 0;
        const bool found = module_->C_FindObjects(handle_, objects.data(), objects.size(), &count) == CKR_OK;
        module_->C_FindObjectsFinal(handle_);
        for (CK_ULONG i = 0; found && i < std::min<CK_ULONG>(count, kMaxKeys); ++i) keys.push_back(key_at(objects[i]));
        return keys;
    }

  private:
    Error locked() const { return key_error("the token " + token_.name() + " is locked after too many wrong PINs; its security officer can open it"); }

    std::string bytes_of(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
        CK_ATTRIBUTE attribute{type, nullptr, 0};
        if (module_->C_GetAttributeValue(handle_, object, &attribute, 1) != CKR_OK || attribute.ulValueLen > kMaxAttribute) return {};
        std::string value(attribute.ulValueLen, '\0');
        attribute.pValue = value.data();
        if (module_->C_GetAttributeValue(handle_, object, &attribute, 1) != CKR_OK || attribute.ulValueLen > value.size()) return {};
        value.resize(attribute.ulValueLen);
        return value;
    }
    template <typename T>
    T value_of(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, T otherwise) const {
        T value = otherwise;
        CK_ATTRIBUTE attribute{type, &value, sizeof value};
        const bool there = module_->C_GetAttributeValue(handle_, object, &attribute, 1) == CKR_OK && attribute.ulValueLen == sizeof value;
        return there ? value : otherwise;
    }
    Key key_at(CK_OBJECT_HANDLE object) const {
        Key key{bytes_of(object, CKA_LABEL), bytes_of(object, CKA_ID), value_of<CK_KEY_TYPE>(object, CKA_KEY_TYPE, ~0UL)};
        key.signs = value_of<CK_BBOOL>(object, CKA_SIGN, CK_TRUE) != CK_FALSE;
        key.always_asks = value_of<CK_BBOOL>(object, CKA_ALWAYS_AUTHENTICATE, CK_FALSE) != CK_FALSE;
        return key;
    }

    const Module& module_;
    const Token& token_;
    CK_SESSION_HANDLE handle_ = 0;
    bool open_ = false;
};

Result<Token> choose(const std::vector<Token>& tokens, const crypto::Pkcs11Uri& uri) {
    std::vector<Token> found;
    std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(found), [&](const Token& token) { return token.is(uri); });
    if (found.size() == 1) return found.front();
    if (tokens.empty()) return key_error("the PKCS#11 module shows no token; is it plugged in, and the module the right one?");
    if (found.empty()) return key_error("no token is as the URI says; there are " + names_of(tokens));
    return key_error("the URI names several tokens: " + names_of(found) + "; add token= or serial=");
}

Result<Key> choose(const Session& session, const Token& token, const crypto::Pkcs11Uri& uri) {
    const std::vector<Key> found = session.private_keys(uri);
    if (found.empty()) {
        const std::vector<Key> all = session.private_keys({});
        return key_error("the token " + token.name() + " has no such private key; it has " + (all.empty() ? "none" : names_of(all)));
    }
    if (found.size() > 1) return key_error("the URI names several private keys: " + names_of(found) + "; add id= or object=");
    const Key& key = found.front();
    if (key.type == CKK_EC_EDWARDS) return key_error(key.name() + " is a key on an Edwards curve; from a token, ECDSA P-256/384/521 and RSA are taken");
    if (key.type != CKK_EC && key.type != CKK_RSA) return key_error(key.name() + " is a key of another type; from a token, ECDSA P-256/384/521 and RSA are taken");
    if (!key.signs) return key_error(key.name() + " may not sign (its CKA_SIGN is false)");
    if (key.always_asks) return key_error(key.name() + " asks for its PIN at every signature (CKA_ALWAYS_AUTHENTICATE), which only a person can answer");
    return key;
}

}  // namespace

Result<TokenKey> find_token_key(const std::string& path, const crypto::Pkcs11Uri& uri, const std::string& pin) {
    const Module module = TRY(Module::load(path));
    const Token token = TRY(choose(module.tokens(), uri));
    const Session session(module, token);
    TRY_VOID(session.log_in(pin));
    const Key key = TRY(choose(session, token, uri));
    const auto optional = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); };
    TokenKey found;
    found.uri.token = optional(token.label);
    found.uri.serial = optional(token.serial);
    found.uri.object = optional(key.label);
    found.uri.id = optional(key.id);
    const std::vector<Key> all = session.private_keys({});
    found.beside_edwards = std::any_of(all.begin(), all.end(), [](const Key& one) { return one.type == CKK_EC_EDWARDS; });
    return found;
}

}  // namespace headgate::io
