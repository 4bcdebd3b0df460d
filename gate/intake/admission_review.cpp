#include "intake/admission_review.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "codec/json_scanner.hpp"

namespace headgate::intake {
namespace {

using codec::JsonScanner;

constexpr std::size_t kMostUid = 128;            // bytes; the API server sends a UUID
constexpr std::size_t kMostName = 512;           // of a name, namespace, kind, ...: Kubernetes allows 253
constexpr std::size_t kMostUser = 1024;
constexpr std::uint32_t kObjectDepth = 64;

/// Deeper than any object that is read: what is too deep is a review that is denied, not one that is none.
codec::JsonLimits envelope_limits() {
    codec::JsonLimits limits;
    limits.depth = 100'000;
    limits.bytes = kMostReviewBytes;
    limits.values = kMostReviewBytes;
    return limits;
}

/// Where in the review something stands: written out only where something is wrong with it.
struct Place {
    const Place* outer = nullptr;
    std::string_view name;               // "" the review itself

    std::string text() const {
        const std::string before = outer == nullptr ? std::string() : outer->text();
        return before.empty() ? std::string(name) : before + '.' + std::string(name);
    }
};

class ReviewReader {
  public:
    explicit ReviewReader(ByteView bytes) : bytes_(bytes), scan_(bytes, envelope_limits()) {}

    Result<AdmissionReview> read() {
        if (bytes_.size() > kMostReviewBytes) return not_one("more than " + std::to_string(kMostReviewBytes) + " bytes");
        if (!is_utf8(as_text(bytes_))) return not_one("bytes that are not UTF-8");
        if (scan_.peek() != JsonScanner::Kind::object) return not_one(scan_.failed() ? scan_.problem() : "no JSON object");
        const Place whole;
        members(whole, [&](std::string_view name) { return top(whole, name); });
        if (!scan_.failed() && scan_.peek() != JsonScanner::Kind::end) scan_.fail("something behind the review");
        const bool version = review_.api_version == "admission.k8s.io/v1" || review_.api_version == "admission.k8s.io/v1beta1";
        // What it is, and whom to answer, may be told although the rest is broken.
        const bool answerable = version && kind_ == "AdmissionReview" && request_ && !review_.uid.empty();
        if (scan_.failed()) {
            if (!answerable || twice_) return not_one(scan_.problem());
            problem(scan_.problem());
            return std::move(review_);
        }
        if (twice_) return not_one("`" + *twice_ + "` is there twice: it cannot be told what is to be answered");
        if (!version || kind_ != "AdmissionReview") return not_one("apiVersion and kind are not those of an AdmissionReview");
        if (!request_) return not_one("it has no request");
        if (review_.uid.empty()) return not_one("its request has no uid, so that it cannot be answered");
        if (review_.problem.empty()) check();
        return std::move(review_);
    }

  private:
    static Error not_one(const std::string& why) { return {ErrorCode::malformed, "not an AdmissionReview: " + escape_terminal(why, 300)}; }

    void problem(const std::string& what) {
        if (review_.problem.empty()) review_.problem = escape_terminal(what, 300);
    }

    /// Each member of the object that comes next, by `take`, which reads exactly one value or answers false for one that nobody asked for.
    template <typename Take>
    void members(const Place& path, const Take& take) {
        std::vector<std::string> seen;
        seen.reserve(16);
        if (!scan_.begin_object()) return;
        std::string_view next;
        while (scan_.next_member(next)) {
            const std::string name(next.substr(0, kMostName));
            if (seen.size() >= 64) problem("`" + path.text() + "` has more fields than a review has");
            if (std::find(seen.begin(), seen.end(), name) != seen.end()) doubled(path, name);
            if (seen.size() < 64) seen.push_back(name);
            if (!take(name)) scan_.skip();
        }
    }
    void doubled(const Place& path, const std::string& name) {
        const bool top_level = path.name.empty();
        const bool of_request = path.name == "request" && path.outer != nullptr && path.outer->name.empty();
        const bool identity = (top_level && (name == "apiVersion" || name == "kind" || name == "request")) || (of_request && name == "uid");
        const std::string whole = Place{&path, name}.text();
        if (identity && !twice_) twice_ = whole;
        problem("`" + whole + "` is there twice");
    }

    /// A text of at most so many bytes, without a control character. What is something else is a problem.
    void text(const Place& path, std::string& value, std::size_t most) {
        const JsonScanner::Kind kind = scan_.peek();
        std::string_view read;
        if (kind != JsonScanner::Kind::text) {
            if (kind != JsonScanner::Kind::null) problem("`" + path.text() + "` is no text");
            scan_.skip();
        } else if (scan_.text(read)) {
            if (read.size() > most || has_control_characters(read)) return problem("`" + path.text() + "` is too long, or holds a control character");
            value = read;
        }
    }

    bool top(const Place& whole, std::string_view name) {
        const Place path{&whole, name};
        if (name == "apiVersion") return text(path, review_.api_version, kMostName), true;
        if (name == "kind") return text(path, kind_, kMostName), true;
        if (name != "request" || scan_.peek() != JsonScanner::Kind::object) return false;
        request_ = true;
        members(path, [&](std::string_view inner) { return request({&path, inner}); });
        return true;
    }

    bool request(const Place& path) {
        const std::string_view name = path.name;
        if (name == "uid") return text(path, review_.uid, kMostUid), true;
        if (name == "kind") return type(path, "kind", review_.kind);
        if (name == "resource") return type(path, "resource", review_.resource);
        if (name == "requestKind") return type(path, "kind", review_.request_kind);
        if (name == "requestResource") return type(path, "resource", review_.request_resource);
        if (name == "subResource") return text(path, review_.sub_resource, kMostName), true;
        if (name == "requestSubResource") return text(path, review_.request_sub_resource, kMostName), true;
        if (name == "name") return text(path, review_.name, kMostName), true;
        if (name == "namespace") return text(path, review_.name_space, kMostName), true;
        if (name == "operation") return operation(path);
        if (name == "userInfo") return user(path);
        if (name == "dryRun") return dry_run(path);
        if (name == "object") return raw(path, review_.object);
        if (name == "oldObject") return raw(path, review_.old_object, false);
        if (name == "options") return raw(path, review_.options, false);
        // Names that only differ in the case of letters are another field for us, and the same one for some readers.
        for (const std::string_view known : {"uid", "kind", "resource", "subResource", "name", "namespace", "operation", "userInfo", "dryRun", "object", "oldObject"}) {
            if (ascii_lower(name) == ascii_lower(known)) problem("`" + path.text() + "` is not how the field is written");
        }
        return false;
    }

    bool type(const Place& path, std::string_view last, AdmissionType& into) {
        if (scan_.peek() != JsonScanner::Kind::object) {
            if (scan_.peek() != JsonScanner::Kind::null) problem("`" + path.text() + "` is no object");
            return false;
        }
        members(path, [&](std::string_view name) {
            std::string* const field = name == "group" ? &into.group : name == "version" ? &into.version : name == last ? &into.name : nullptr;
            if (field == nullptr) return false;
            text({&path, name}, *field, kMostName);
            return true;
        });
        return true;
    }

    bool operation(const Place& path) {
        std::string word;
        text(path, word, kMostName);
        constexpr std::pair<std::string_view, AdmissionOperation> kWords[] = {{"CREATE", AdmissionOperation::create},
                                                                             {"UPDATE", AdmissionOperation::update},
                                                                             {"DELETE", AdmissionOperation::remove},
                                                                             {"CONNECT", AdmissionOperation::connect}};
        for (const auto& [name, value] : kWords) {
            if (name == word) review_.operation = value;
        }
        return true;
    }

    bool user(const Place& path) {
        if (scan_.peek() != JsonScanner::Kind::object) return false;
        members(path, [&](std::string_view name) {
            if (name != "username") return false;
            text({&path, name}, review_.user, kMostUser);
            return true;
        });
        return true;
    }

    bool dry_run(const Place& path) {
        if (scan_.peek() == JsonScanner::Kind::boolean) return scan_.boolean(review_.dry_run), true;
        if (scan_.peek() != JsonScanner::Kind::null) problem("`" + path.text() + "` is neither true nor false");
        return false;
    }

    /// The bytes of an object, which nobody has looked into yet. Where it is not `needed` something else is none: what was there before can only
    /// excuse what is there now, so that without it nothing is excused.
    bool raw(const Place& path, ByteView& into, bool needed = true) {
        const JsonScanner::Kind kind = scan_.peek();     // behind white space
        const std::size_t begin = scan_.offset();
        if (!scan_.skip()) return true;
        if (kind != JsonScanner::Kind::object) {
            if (kind != JsonScanner::Kind::null && needed) problem("`" + path.text() + "` is no object");
            return true;
        }
        into = bytes_.subspan(begin, scan_.offset() - begin);
        return true;
    }

    void check() {
        if (review_.operation == AdmissionOperation::unknown) return problem("`request.operation` is none of CREATE, UPDATE, DELETE and CONNECT");
        if (review_.kind.name.empty() || review_.kind.version.empty()) return problem("`request.kind` does not say what the object is");
        if (review_.resource.name.empty()) problem("`request.resource` does not say what the object is");
    }

    ByteView bytes_;
    JsonScanner scan_;
    AdmissionReview review_;
    std::string kind_;
    bool request_ = false;
    std::optional<std::string> twice_;           // a field without which nothing can be answered
};

}  // namespace

Result<AdmissionReview> read_admission_review(ByteView bytes) { return ReviewReader(bytes).read(); }

Result<codec::Tree> read_admission_object(ByteView bytes) {
    codec::TreeLimits limits;
    limits.depth = kObjectDepth;
    limits.bytes = kMostReviewBytes;
    limits.values = kMostObjectValues;
    return codec::parse_json_tree(bytes, limits);
}

std::string_view to_string(AdmissionOperation operation) {
    switch (operation) {
        case AdmissionOperation::create: return "CREATE";
        case AdmissionOperation::update: return "UPDATE";
        case AdmissionOperation::remove: return "DELETE";
        case AdmissionOperation::connect: return "CONNECT";
        case AdmissionOperation::unknown: break;
    }
    return "unknown";
}

}  // namespace headgate::intake
