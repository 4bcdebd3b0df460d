#include "pipeline/timestamping.hpp"

#include "crypto/timestamp_request.hpp"
#include "sigstore/timestamp_authority.hpp"

namespace headgate::pipeline {
namespace {

// "" or why no authority of the root made it.
std::string stranger(const crypto::Timestamp& timestamp, ByteView signature, const sigstore::TrustedRoot& root) {
    std::string why = "timestamp: the trusted root names no timestamp authority";
    for (const sigstore::Authority& authority : root.timestamp_authorities) {
        const auto verified = sigstore::verify_timestamp(timestamp, signature, authority);
        if (verified.ok() && authority.valid_for.contains(timestamp.gen_time())) return "";
        why = verified.ok() ? "timestamp: its authority is not in use by the trusted root" : verified.error().message;
    }
    return why;
}

}  // namespace

Result<Bytes> timestamp_of(ByteView signature, const std::string& url, const sigstore::TrustedRoot* root, const Send& send) {
    const crypto::TimestampRequest request = crypto::request_timestamp(signature);
    Question question;
    question.who = "the timestamp authority";
    question.url = url;
    question.content_type = "application/timestamp-query";
    question.accept = "application/timestamp-reply";
    question.body = as_text(request.der);
    const std::string answer = TRY(ask(question, send));
    const auto timestamp = crypto::read_timestamp_answer(as_bytes(answer), request);
    if (!timestamp.ok()) return Error{ErrorCode::key, "the answer of " + url + ": " + timestamp.error().message};
    if (root != nullptr) {
        const std::string why = stranger(*timestamp, signature, *root);
        if (!why.empty()) return Error{ErrorCode::key, "the answer of " + url + ": " + why};
    }
    return Bytes(answer.begin(), answer.end());
}

}  // namespace headgate::pipeline
