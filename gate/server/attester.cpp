#include "server/attester.hpp"

#include <algorithm>

#include "crypto/sha256.hpp"
#include "server/counters.hpp"

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

std::string key_text(const std::vector<std::string>& parts) {
    std::string told;
    for (const std::string& part : parts) told += part + '\0';
    return told;
}

// The verdict about what was pushed: the report's, or that none could be found. It is about the digest that was told, whoever could read its bytes.
Result<SubjectVerdict> verdict_about(const std::string& ref, Kind kind, const Report& report) {
    const Reference reference = TRY(parse_reference(ref));
    SubjectVerdict verdict;
    if (report.subjects.size() == 1) {
        verdict = report.subjects.front();
    } else {
        verdict.subject.ref = reference.canonical;
        verdict.subject.reference = reference;
        verdict.subject.kind = kind;
        verdict.decision = Decision::error;
        verdict.error = report.errors.empty() ? "nothing was judged" : report.errors.front().message;
    }
    if (!report.errors.empty() && verdict.decision == Decision::allow) return Error{ErrorCode::internal, "a verdict beside an error"};
    DigestSet& digest = verdict.subject.digest;
    if (!reference.digest.empty()) {
        const std::string told = reference.digest.substr(std::string_view("sha256:").size());
        if (!digest.empty() && digest.sha256 != told) return Error{ErrorCode::internal, "the verdict is about another digest than what was pushed"};
        digest.sha256 = told;
    } else if (digest.empty() && attest::commit_of(verdict.subject).empty()) {
        return Error{ErrorCode::usage, ref + ": names neither a digest nor a commit"};
    }
    return verdict;
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
    const Key key = crypto::sha256(as_bytes(key_text({review.uid, subjects.front().subject.ref, subjects.front().subject.digest.sha256, policy_digest,
                                                      answer.allowed ? "allowed" : std::to_string(answer.code), judgement.exception})));
    const attest::AdmissionNote note = note_of(review, judgement, answer);
    attest::EmitOptions emit = options_.emit;
    emit.admission = &note;
    return record_once(key, judgement.report, emit);
}

Result<void> Attester::pushed(const std::string& ref, Kind kind, const Report& report) {
    auto verdict = verdict_about(ref, kind, report);
    if (!verdict.ok()) {
        ++failed_;
        return verdict.error();
    }
    const Key key = crypto::sha256(as_bytes(key_text({"pushed", ref, report.policy_digest, std::string(to_string(verdict->decision)),
                                                      std::string(to_string(verdict->level)), verdict->enforced ? "enforced" : ""})));
    Report one = report;
    one.subjects = {std::move(verdict).value()};
    attest::EmitOptions emit = options_.emit;
    emit.commits = true;
    return record_once(key, one, emit);
}

Result<void> Attester::record_once(const Key& key, const Report& report, const attest::EmitOptions& emit) {
    {
        const std::scoped_lock lock(mutex_);
        if (knows(key)) return {};
    }
    auto lines = attest::emit(report, options_.sign, emit);
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

std::string Attester::metrics(std::string_view name) const {
    const std::array<std::pair<std::string_view, std::uint64_t>, 3> values = {{{"written", written_}, {"repeated", repeated_}, {"failed", failed_}}};
    return labelled_counter(name, "Signed verdicts by fate.", "fate", values);
}

}  // namespace headgate::server
