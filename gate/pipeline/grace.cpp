#include "pipeline/grace.hpp"

#include <algorithm>
#include <charconv>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace headgate::pipeline {
namespace {

using Outcome = AdmissionJudgement::Outcome;
using Pair = std::pair<std::string, std::string>;

constexpr std::string_view kFirstLine = "headgate-admitted 1";
constexpr std::string_view kNoNamespace = "-";
constexpr std::string_view kAlgorithm = "sha256:";
constexpr std::int64_t kStep = 60;       // seconds within which being admitted again is nothing new

bool speaks_against(const SubjectVerdict& verdict) {
    return verdict.decision == Decision::deny || std::any_of(verdict.members.begin(), verdict.members.end(), speaks_against);
}

// A label of RFC 1123, or none.
bool is_namespace(std::string_view name) {
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-";
    return name.size() <= 63 && name.find_first_not_of(kLetters) == std::string_view::npos && !name.starts_with('-') && !name.ends_with('-');
}

bool is_digest(std::string_view text) { return text.starts_with(kAlgorithm) && is_lower_hex(text.substr(kAlgorithm.size()), 64); }

struct Line {
    Pair key;
    Instant when;
};

// One spelling of everything, so that what is read is what would be written.
std::optional<Line> read_line(std::string_view text) {
    const auto parts = split(text, ' ');
    if (parts.size() != 3 || parts[0].empty() || !is_digest(parts[1])) return std::nullopt;
    const bool none = parts[0] == kNoNamespace;
    if (!none && !is_namespace(parts[0])) return std::nullopt;
    Line line;
    line.key = {none ? std::string() : std::string(parts[0]), std::string(parts[1])};
    const std::string_view number = parts[2];
    if (number.empty() || number.size() > 12 || number.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    if (number.size() > 1 && number.front() == '0') return std::nullopt;
    std::from_chars(number.data(), number.data() + number.size(), line.when.seconds);
    return line;
}

}  // namespace

void AdmittedBefore::remember(const std::string& name_space, const AdmissionJudgement& judgement, Instant now) {
    const bool own_merit = judgement.outcome == Outcome::allowed && judgement.judged && judgement.exception.empty();
    if (!own_merit || !is_namespace(name_space) || now.seconds < 0) return;
    const std::scoped_lock lock(mutex_);
    for (const AdmissionJudgement::Named& one : judgement.named) {
        if (!one.allowed || !is_digest(one.digest)) continue;
        const Pair key(name_space, one.digest);
        const auto known = admitted_.find(key);
        if (known == admitted_.end()) {
            if (admitted_.size() >= most_) continue;
            admitted_.emplace(key, now);
            changed_ = true;
        } else if (now.seconds - known->second.seconds >= kStep) {
            known->second = now;
            changed_ = true;
        }
    }
}

std::optional<Instant> AdmittedBefore::since(const std::string& name_space, const std::vector<AdmissionJudgement::Named>& named,
                                             std::int64_t seconds, Instant now) const {
    if (named.empty()) return std::nullopt;
    const std::scoped_lock lock(mutex_);
    Instant oldest = now;
    for (const AdmissionJudgement::Named& one : named) {
        const auto known = one.digest.empty() ? admitted_.end() : admitted_.find({name_space, one.digest});
        if (known == admitted_.end() || known->second > now || now.seconds - known->second.seconds > seconds) return std::nullopt;
        oldest = std::min(oldest, known->second);
    }
    return oldest;
}

std::string AdmittedBefore::excuse(const std::string& name_space, const AdmissionJudgement& judgement, std::int64_t seconds, Instant now) const {
    const bool no_answer = judgement.outcome == Outcome::undecided || judgement.outcome == Outcome::overdue;
    const bool lapsed = judgement.outcome == Outcome::denied && judgement.lapsed;
    const auto& subjects = judgement.report.subjects;
    if (!(no_answer || lapsed) || !judgement.judged || subjects.empty()) return {};
    if (no_answer && std::any_of(subjects.begin(), subjects.end(), speaks_against)) return {};
    const auto oldest = since(name_space, judgement.named, seconds, now);
    if (!oldest) return {};
    const std::string what = lapsed ? "what it rests on has ended" : "could not decide";
    return what + ", and each digest was admitted here since " + format_instant(*oldest) + " (defaults.grace.admitted-digest)";
}

std::size_t AdmittedBefore::size() const {
    const std::scoped_lock lock(mutex_);
    return admitted_.size();
}

void AdmittedBefore::forget(Instant before) {
    const std::scoped_lock lock(mutex_);
    if (std::erase_if(admitted_, [&](const auto& one) { return one.second < before; }) > 0) changed_ = true;
}

std::optional<std::string> AdmittedBefore::save() {
    const std::scoped_lock lock(mutex_);
    if (!changed_) return std::nullopt;
    changed_ = false;
    std::string text = std::string(kFirstLine) + "\n";
    for (const auto& [key, when] : admitted_) {
        text += key.first.empty() ? std::string(kNoNamespace) : key.first;
        text += " " + key.second + " " + std::to_string(when.seconds) + "\n";
    }
    return text;
}

Result<void> AdmittedBefore::load(ByteView bytes) {
    const auto wrong = [](std::size_t line, const char* what) { return Error{ErrorCode::malformed, "line " + std::to_string(line) + ": " + what}; };
    if (bytes.size() > kMostBytes) return Error{ErrorCode::malformed, "more than 16 MiB"};
    std::string_view rest = as_text(bytes);
    std::map<Pair, Instant> read;
    for (std::size_t number = 1; number == 1 || !rest.empty(); ++number) {
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos) return wrong(number, "it does not end");
        const std::string_view text = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        if (number == 1) {
            if (text != kFirstLine) return wrong(number, "this is no list of what was admitted");
            continue;
        }
        const auto line = read_line(text);
        if (!line) return wrong(number, "expected NAMESPACE sha256:HEX SECONDS");
        if (!read.empty() && !(read.rbegin()->first < line->key)) return wrong(number, "it is not behind the one before");
        read.emplace_hint(read.end(), line->key, line->when);
    }
    const std::scoped_lock lock(mutex_);
    for (const auto& [key, when] : read) {
        const auto known = admitted_.find(key);
        if (known != admitted_.end()) known->second = std::max(known->second, when);
        else if (admitted_.size() < most_) admitted_.emplace(key, when);
    }
    return {};
}

}  // namespace headgate::pipeline
