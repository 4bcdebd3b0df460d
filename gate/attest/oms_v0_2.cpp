#include "attest/oms_v0_2.hpp"

#include <unordered_set>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "codec/json.hpp"

namespace headgate::attest {
namespace {

using codec::Json;

Error malformed(std::string what) { return {ErrorCode::malformed, std::move(what)}; }

// repr() of a Python bytes object. It takes double quotes only for text that has single ones and no double ones, which JSON
// never is.
std::string python_bytes(ByteView bytes) {
    const std::string_view text = as_text(bytes);
    const bool twice = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos;
    const char quote = twice ? '"' : '\'';
    std::string printed = std::string("b") + quote;
    for (const std::uint8_t byte : bytes) {
        const char c = static_cast<char>(byte);
        if (c == quote || c == '\\') {
            printed += std::string("\\") + c;
        } else if (c == '\n') {
            printed += "\\n";
        } else if (c == '\r') {
            printed += "\\r";
        } else if (c == '\t') {
            printed += "\\t";
        } else if (byte < 0x20 || byte >= 0x7f) {
            printed += "\\x" + to_hex({&byte, 1});
        } else {
            printed += c;
        }
    }
    return printed + quote;
}

Result<OmsResource> resource_of(const StatementSubject& subject, const Json& json) {
    const Json* const annotations = json.find("annotations");
    const std::string* const algorithm = annotations == nullptr ? nullptr : annotations->find_text("actual_hash_algorithm");
    if (algorithm == nullptr || *algorithm != "file-sha256") {
        return Error{ErrorCode::unsupported, "a file of this 0.2 signature is not listed by \"file-sha256\""};
    }
    if (subject.digest.sha256.empty()) return malformed("a subject has no sha256");
    if (subject.name != "." && !is_canonical_path(subject.name)) {
        return malformed("the subject name \"" + escape_terminal(subject.name, 200) + "\" is not a plain relative path");
    }
    return OmsResource{subject.name, subject.digest.sha256};
}

}  // namespace

Bytes encoding_v0_2(std::string_view type, ByteView payload) {
    const std::string text = "DSSEV1 " + std::to_string(type.size()) + " " + std::string(type) + " " +
                             std::to_string(payload.size()) + " " + python_bytes(payload);
    return {text.begin(), text.end()};
}

Result<OmsManifest> read_oms_manifest_v0_2(ByteView payload) {
    const ParsedStatement statement = TRY(parse_statement(payload));
    if (statement.predicate_type != kModelDigestsPredicate) return malformed("the signed statement is no model signature of version 0.2");
    const Json document = TRY(codec::parse_json(payload));  // read before, within stricter limits
    const Json& subjects = *document.find("subject");
    OmsManifest manifest;
    std::unordered_set<std::string_view> names;
    for (std::size_t i = 0; i < statement.subjects.size(); ++i) {
        manifest.resources.push_back(TRY(resource_of(statement.subjects[i], subjects.items[i])));
        if (!names.insert(statement.subjects[i].name).second) return malformed("a file is listed twice");
    }
    return manifest;
}

}  // namespace headgate::attest
