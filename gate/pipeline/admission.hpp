// admission.hpp: one AdmissionReview, judged under a policy: its object is a manifest, and what it names are its members.
//
// The subject is a container manifest, printed as "k8s:NAMESPACE/KIND/NAME" ("-" for what there is none of), and for patterns of the
// policy (`match: ["file:k8s/prod/**"]`) "file:k8s/NAMESPACE/KIND/NAME": of what the API server says, never of what the object does. Its
// digest is the SHA-256 of the object's bytes in the review.
//
// Whatever escapes (an exception, memory, the deadline) is `undecided`, which denies. The zero value denies.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "codec/tree.hpp"
#include "intake/admission_review.hpp"
#include "pipeline/admission_stages.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/registry_images.hpp"

namespace headgate::pipeline {

struct AdmissionJudgement {
    enum class Outcome { undecided, overdue, denied, refused, allowed };   // `refused`: the object or a name in it is wrong
    Outcome outcome = Outcome::undecided;
    std::string reason;                  // of what was not judged, or could not be; "" else: the report says it
    std::string exception;               // why it is allowed although the policy, today, would not; "" else
    bool judged = false;                 // the report has the subject; what is printed of a run alone (waivers that were not used) is not in it
    bool lapsed = false;                 // denied, and only because of what has ended since `admitted_since` (lapsed.hpp)
    Report report;

    /// What the object names, in its order.
    struct Named {
        std::string path;                // in the object: "spec.containers[0].image"
        std::string written;
        std::string reference;           // canonical
        std::string digest;              // "sha256:<hex>" of the reference, or that a registry resolved it to; "" neither
        bool resolved = false;           // by a registry, which was asked, and whose image was judged
        bool image = false;              // of a container or volume of a pod: what a kubelet pulls
        bool allowed = false;
    };
    std::vector<Named> named;

    codec::Tree object;                  // of what was judged
    bool controlled = false;             // a controller owns the object
    StageTimes stages{};                 // extract, resolve and judge
};

struct AdmissionContext {
    Instant now;
    io::Deadline deadline;
    RegistryImages* registry = nullptr;  // nullptr: nobody is asked, names are judged as names
    const Isolation* isolation = nullptr;    // where layers of models are parsed; nullptr: here
    Limits limits = {};
    /// Since when every one of these has been admitted where the object is to go, if that may still count (grace.hpp); empty: nobody knows.
    std::function<std::optional<Instant>(const std::vector<AdmissionJudgement::Named>&)> admitted_since = {};
};

/// What an API server asks, for the doors (intake/admission_review.hpp).
using AdmissionReview = intake::AdmissionReview;
using AdmissionOperation = intake::AdmissionOperation;
using AdmissionType = intake::AdmissionType;
inline constexpr std::uint64_t kMostObjectValues = intake::kMostObjectValues;
inline Result<AdmissionReview> read_review(ByteView bytes) { return intake::read_admission_review(bytes); }

AdmissionJudgement judge_admission(const LoadedPolicy& loaded, const intake::AdmissionReview& review, const AdmissionContext& context);

/// One image by its reference, as a webhook is asked by others than an API server (Gatekeeper's external data). Never throws.
AdmissionJudgement judge_image(const LoadedPolicy& loaded, const std::string& reference, const AdmissionContext& context);

}  // namespace headgate::pipeline
