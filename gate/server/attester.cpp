#include "server/attester.hpp"

#include <algorithm>

#include "crypto/sha256.hpp"

namespace headgate::server {
namespace {

using pipeline::AdmissionAnswer;
using pipeline::AdmissionJudgement;
using pipeline::AdmissionReview;

std::string type_text(const pipeline::AdmissionType& type) {
    return type.group.empty() ? type.version + "/" + type.name : type.group + "/" + type.version + "/" + type.name;
}

attest::AdmissionNote note_of(const AdmissionReview& review, const AdmissionJudgement& judgement, const AdmissionAnswer& answer) {
    attest::AdmissionNote note;
    note.uid = review.uid;
    note.operation = to_string(review.operation);
    note.kind = type_text(review.kind);
    note.sub_resource = review.sub_resource;
    note.name_space = review.name_space;
    note.name = review.name;
    note.allowed = answer.allowed;
    note.code = answer.allowed ? 200 : answer.code;
    note.exception = judgement.exception;
    note.named.reserve(judgement.named.size());
    for (const AdmissionJudgement::Named& one : judgement.named) note.named.push_back({one.path, one.reference, one.digest});
    return note;
}

bool is_attestable(const SubjectVerdict& subject) { return !subject.subject.digest.empty(); }

}  // namespace

Attester::Attester(Options options, std::unique_ptr<io::AppendFile> file) : options_(std::move(options)), file_(std::move(file)) {
    options_.emit.lines = true;
    // A hundred and fifty files, which are the same for every review: their list by its digest.
    options_.emit.data_hashes = {{"rules", crypto::sha256_hex(as_bytes(attest::written_data(options_.emit.data_hashes)))}};
}

Result<std::shared_ptr<Attester>> Attester::open(Options options) {
    auto file = TRY(io::AppendFile::open(options.file));
    return std::shared_ptr<Attester>(new Attester(std::move(options), std::move(file)));
}

// Under mutex_.
bool Attester::knows(const Key& key) {
    if (!known_.contains(key)) return false;
    ++repeated_;
    return true;
}

Result<void> Attester::append(const std::string& lines) {
    auto done = file_->append(lines);
    ++(done.ok() ? written_ : failed_);
    return done;
}

Result<void> Attester::review(const AdmissionReview& review, const AdmissionJudgement& judgement, const AdmissionAnswer& answer,
                              const std::string& policy_digest) {
    const auto& subjects = judgement.report.subjects;
    if (!judgement.judged || subjects.size() != 1) return Error{ErrorCode::internal, "there is no verdict to record"};
    const bool passed = subjects.front().decision == Decision::allow;
    if (passed && !answer.allowed) return Error{ErrorCode::internal, "the verdict is not what was answered"};
    std::string told = review.uid;
    for (const std::string& part : {subjects.front().subject.ref, subjects.front().subject.digest.sha256, policy_digest,
                                    answer.allowed ? std::string("allowed") : std::to_string(answer.code), judgement.exception}) {
        told += '\0';
        told += part;
    }
    const Key key = crypto::sha256(as_bytes(told));
    {
        const std::scoped_lock lock(mutex_);
        if (knows(key)) return {};
    }
    const attest::AdmissionNote note = note_of(review, judgement, answer);
    attest::EmitOptions emit = options_.emit;
    emit.admission = &note;
    auto lines = attest::emit(judgement.report, options_.sign, emit);
    if (!lines.ok()) {
        ++failed_;
        return lines.error();
    }
    const std::scoped_lock lock(mutex_);
    if (knows(key)) return {};                       // asked twice at once
    TRY_VOID(append(*lines));
    if (order_.size() >= options_.remembered && !order_.empty()) {
        known_.erase(order_.front());
        order_.pop_front();
    }
    known_.insert(key);
    order_.push_back(key);
    return {};
}

Result<void> Attester::report(const Report& report) {
    if (std::none_of(report.subjects.begin(), report.subjects.end(), is_attestable)) return {};
    if (!report.policy_pinned) {
        ++failed_;
        return Error{ErrorCode::usage, "the policy, or a file that it names, lies inside what was judged and is not pinned"};
    }
    auto lines = attest::emit(report, options_.sign, options_.emit);
    if (!lines.ok()) {
        ++failed_;
        return lines.error();
    }
    return append(*lines);
}

Result<void> Attester::look_after() {
    auto done = file_->sync();
    if (!done.ok()) ++failed_;
    return done;
}

std::string Attester::metrics() const {
    std::string text = "# HELP headgate_attestations_total Signed verdicts by fate.\n# TYPE headgate_attestations_total counter\n";
    const auto count = [&](const char* fate, std::uint64_t value) {
        text += "headgate_attestations_total{fate=\"" + std::string(fate) + "\"} " + std::to_string(value) + "\n";
    };
    count("written", written_);
    count("repeated", repeated_);
    count("failed", failed_);
    return text;
}

}  // namespace headgate::server
