#include "attest/bundle_list.hpp"

#include "base/text.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/fields.hpp"

namespace headgate::attest {
namespace {

using codec::Json;

Error malformed(std::string what) { return {ErrorCode::malformed, std::move(what)}; }

codec::JsonLimits limits() {
    codec::JsonLimits limits;
    limits.depth = 24;
    limits.bytes = 2 * sigstore::kMaxBundle;
    limits.values = 500'000;
    return limits;
}

Error too_many() { return malformed("more than " + std::to_string(kMaxListed) + " attestations"); }

Result<std::vector<Json>> from_answer(const Json& answer) {
    const auto fields = TRY(sigstore::Fields::of(answer, "the answer", {"attestations"}));
    const auto* const items = TRY(fields.list("attestations", kMaxListed));
    std::vector<Json> bundles;
    if (items == nullptr || items->empty()) return malformed("it holds no attestation");
    for (const Json& item : *items) {
        const auto entry = TRY(sigstore::Fields::of(item, "an attestation", {"bundle", "repository_id", "bundle_url", "initiator", "signing_certificate"}));
        bundles.push_back(*TRY(entry.required("bundle")));
    }
    return bundles;
}

}  // namespace

Result<std::vector<Json>> read_bundle_list(ByteView bytes) {
    if (trim(as_text(bytes)).empty()) return malformed("it holds no attestation: the file is empty");
    auto whole = codec::parse_json(bytes, limits());
    if (whole.ok()) {
        if (whole->find("attestations") != nullptr) return from_answer(*whole);
        std::vector<Json> one;
        one.push_back(std::move(*whole));
        return one;
    }
    const auto lines = split_lines(as_text(bytes));
    std::vector<Json> documents;
    std::size_t number = 0;
    for (const std::string_view line : lines) {
        ++number;
        if (trim(line).empty()) continue;
        if (documents.size() == kMaxListed) return too_many();
        auto document = codec::parse_json(as_bytes(line), limits());
        if (!document.ok()) {
            // One line of several: which; a document over many lines: what the whole one said.
            if (documents.empty()) return whole.error();
            return malformed("line " + std::to_string(number) + ": " + document.error().message);
        }
        documents.push_back(std::move(*document));
    }
    return documents;
}

}  // namespace headgate::attest
