#include "pipeline/admission_patch.hpp"

#include "base/encoding.hpp"
#include "codec/json.hpp"
#include "intake/admitted_object.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::string_view kAlgorithm = "sha256:";

bool is_digest(std::string_view text) { return text.starts_with(kAlgorithm) && is_lower_hex(text.substr(kAlgorithm.size()), 64); }

void add(codec::Json& patch, std::string_view operation, const std::string& pointer, const std::string& value) {
    codec::Json one = codec::Json::object();
    one.add("op", codec::Json::of(operation));
    one.add("path", codec::Json::of(pointer));
    one.add("value", codec::Json::of(value));
    patch.push(std::move(one));
}

}  // namespace

Result<std::string> pinning_patch(const AdmissionJudgement& judgement) {
    using Outcome = AdmissionJudgement::Outcome;
    if (judgement.outcome != Outcome::allowed || !judgement.judged || !judgement.exception.empty() || judgement.controlled) return std::string();
    codec::Json patch = codec::Json::array();
    for (const AdmissionJudgement::Named& one : judgement.named) {
        if (!one.image || !one.resolved || !one.allowed) continue;
        if (one.written.find('@') != std::string::npos) continue;      // pinned by whoever wrote it
        const auto lost = [&](const std::string& why) { return Error{ErrorCode::internal, one.path + ": " + why + ", so that it cannot be pinned"}; };
        if (!is_digest(one.digest)) return lost("what it was resolved to is no digest");
        const codec::Tree* value = intake::value_at(judgement.object, one.path);
        const std::string pointer = intake::pointer_to(one.path);
        if (value == nullptr || !value->is_text() || pointer.empty()) return lost("it is not found again");
        const std::string pinned = one.written + "@" + one.digest;
        const auto reference = parse_reference("oci:" + pinned);
        const bool same_image = reference.ok() && reference->digest == one.digest && value->text == one.written;
        if (!same_image) return lost("it is not what was judged");
        add(patch, "test", pointer, value->text);
        add(patch, "replace", pointer, pinned);
    }
    return patch.items.empty() ? std::string() : codec::write_json(patch);
}

}  // namespace headgate::pipeline
