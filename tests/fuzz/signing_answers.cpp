// What signing services answer, and identity tokens. The first byte says which. A log entry that is read is written and read as the same; a
// token's claims have no control characters and its error never holds it.
#include "base/text.hpp"
#include "fuzz/oracle.hpp"
#include "sigstore/fulcio.hpp"
#include "sigstore/rekor.hpp"
#include "sigstore/write_bundle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    if (size == 0) return 0;
    const ByteView rest(data + 1, size - 1);
    if (data[0] == 'f') {
        const auto chain = sigstore::read_certificate_answer(rest);
        ORACLE(!chain.ok() || (!chain->empty() && chain->size() <= 10));
        return 0;
    }
    if (data[0] == 't') {
        const auto token = sigstore::read_identity_token(as_text(rest), "sigstore", Instant{1'700'000'000});
        if (token.ok()) {
            ORACLE(!token->issuer.empty() && !token->subject.empty() && !has_control_characters(token->issuer + token->subject));
        } else if (rest.size() > 200) {
            ORACLE(token.error().message.find(as_text(rest).substr(0, 100)) == std::string::npos);
        }
        return 0;
    }
    const auto entry = data[0] == '1' ? sigstore::read_rekor_v1_answer(rest) : sigstore::read_rekor_v2_answer(rest);
    if (!entry.ok()) return 0;
    ORACLE(entry->log_id.size() == 32 && !entry->body.empty());
    sigstore::Bundle bundle;
    bundle.material = sigstore::KeyHint{"a key", {}};
    bundle.entries = {*entry};
    bundle.content = sigstore::MessageSignature{std::nullopt, {1}};
    const std::string json = sigstore::write_bundle(bundle);
    const auto again = sigstore::parse_bundle(as_bytes(json));
    ORACLE(again.ok() && sigstore::write_bundle(*again) == json);
    return 0;
}
