// admission_review.hpp: what an API server asks before it stores an object: AdmissionReview of admission.k8s.io/v1 and v1beta1. Hermetic:
// bytes in, the request out.
//
// Three answers. An Error: not an AdmissionReview, or one that cannot be answered because it has no uid (HTTP 400). `problem`: a review
// that cannot be understood, which is denied (HTTP 200). Neither: the request. What two readers could read differently (duplicate keys, a
// field of another type, bytes behind the end) is never read one way in silence.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/tree.hpp"

namespace headgate::intake {

enum class AdmissionOperation { unknown, create, update, remove, connect };

/// group, version and kind; or group, version and resource.
struct AdmissionType {
    std::string group, version, name;
    friend bool operator==(const AdmissionType&, const AdmissionType&) = default;
};

struct AdmissionReview {
    std::string api_version;             // "admission.k8s.io/v1" or "admission.k8s.io/v1beta1": the answer says the same
    std::string uid;                     // the answer says the same
    std::string problem;                 // "": it is understood
    AdmissionOperation operation = AdmissionOperation::unknown;
    AdmissionType kind;                  // of the object, perhaps converted: what is judged goes by these
    AdmissionType resource;
    std::string sub_resource;            // "ephemeralcontainers", "scale", ...; "" the object itself
    AdmissionType request_kind;          // as the client sent it; empty in old servers
    AdmissionType request_resource;
    std::string request_sub_resource;
    std::string name;                    // "" for what gets one only when it is stored (generateName)
    std::string name_space;              // "" for what is in no namespace
    std::string user;
    bool dry_run = false;
    /// The bytes of the values, within those that were read; empty: absent or null, and the latter two also for what is no object.
    ByteView object, old_object, options;
};

/// Most bytes of a review: the API server takes 3 MiB an object, and a review holds two and what is around them.
inline constexpr std::uint64_t kMostReviewBytes = 7ULL << 20U;
/// Nodes of one object: with all of them it takes some 30 MiB as a tree, whatever its bytes are.
inline constexpr std::uint64_t kMostObjectValues = 50'000;

Result<AdmissionReview> read_admission_review(ByteView bytes);

/// `object`, `old_object` or `options` as a tree. Error{malformed}: what and where, duplicate keys included.
Result<codec::Tree> read_admission_object(ByteView bytes);

std::string_view to_string(AdmissionOperation operation);

}  // namespace headgate::intake
