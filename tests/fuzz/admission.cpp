// Oracle: bytes are no review (an Error that says so), a review with a problem that is said, or one with a uid, an operation and a kind. What
// it names is understood or said not to be; a kind that must have containers is never without a question; paths lead back to what is
// written there. An answer is valid JSON with the uid, and its texts are bounded and plain.

#include "base/text.hpp"
#include "codec/json.hpp"
#include "fuzz/oracle.hpp"
#include "intake/admitted_object.hpp"
#include "pipeline/admission_answer.hpp"

using namespace headgate;
using namespace headgate::intake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto review = read_admission_review({data, size});
    if (!review.ok()) {
        ORACLE(!review.error().message.empty());
        return 0;
    }
    ORACLE(!review->uid.empty() && review->api_version.starts_with("admission.k8s.io/v1"));
    ORACLE(!review->problem.empty() || (review->operation != AdmissionOperation::unknown && !review->kind.name.empty()));

    Limits limits;
    limits.facts = 2000;
    const AdmittedObject object = admitted_object(*review, limits);
    ORACLE(object.question == AdmittedObject::Question::judge || !object.reason.empty());
    if (object.question == AdmittedObject::Question::judge) {
        ORACLE(object.understood ? object.evidence.opaques.empty() : !object.evidence.opaques.empty() || !object.evidence.findings.empty());
        ORACLE(!object.evidence.requirements.empty() || !object.evidence.opaques.empty() || !object.evidence.findings.empty());
    }
    static_cast<void>(names_only_what_it_did(*review, object, limits));

    pipeline::AdmissionJudgement judgement;
    judgement.reason = object.reason;
    judgement.exception = review->name;
    const pipeline::AdmissionAnswer answer = pipeline::answer_to(*review, judgement, "sha256:0", review->user);
    ORACLE(!answer.allowed && answer.message.size() <= pipeline::kMostMessage && !has_control_characters(answer.message));
    for (const std::string& warning : answer.warnings) {
        ORACLE(warning.size() <= pipeline::kMostWarning && is_utf8(warning) && !has_control_characters(warning));
    }
    const auto written = codec::parse_json(as_bytes(pipeline::write_answer(*review, answer)));
    ORACLE(written.ok() && written->find("response") != nullptr && written->find("response")->find("uid")->text == review->uid);
    return 0;
}
