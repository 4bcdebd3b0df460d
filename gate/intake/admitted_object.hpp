// admitted_object.hpp: what an AdmissionReview puts to judgement: the images, models and datasets that its object names, or why there is
// nothing to judge. Hermetic.
//
// Only what enters is judged. What is let through without a judgement is so for a reason that is said, never because a list was empty:
//   - DELETE and CONNECT, and sub-resources that hold no specification (status, scale, binding, eviction, token);
//   - objects of kinds that name nothing (Role, ConfigMap), in which nothing was found either;
//   - an UPDATE of an object that is being deleted, or is scaled down, and that is the same otherwise: it lets nothing in, and to refuse
//     it keeps what is there from being removed.
// A kind that must have containers and has none, one without an image, a field that differs from a known one in the case of its letters,
// an object of another kind than the review says: each is refused.
#pragma once

#include <functional>
#include <string>

#include "base/limits.hpp"
#include "intake/admission_review.hpp"
#include "model/fact.hpp"

namespace headgate::intake {

struct AdmittedObject {
    enum class Question { refuse, judge, names_nothing, not_asked };
    Question question = Question::refuse;
    std::string reason;                  // in a sentence, of everything but `judge`
    /// Of `judge`: as that of a manifest. Locations say `kObjectPath` and the path in the object ("spec.containers[0].image").
    Evidence evidence;
    bool understood = false;             // every part that names; false: opaques say what was not
    codec::Tree tree;                    // of the object
    bool controlled = false;             // a controller owns it (metadata.ownerReferences), which compares what it made with what it wants
};

inline constexpr std::string_view kObjectPath = "request.object";

/// Whether nobody waits any more for what is read here, as whoever calls knows it; empty: somebody does. It is asked now and then, and once it is so
/// the object is not understood ("the time allowed is over").
using IsOver = std::function<bool()>;

AdmittedObject admitted_object(const AdmissionReview& review, const Limits& limits, const IsOver& is_over = {});

/// Whether everything that an UPDATE names is pinned by a digest and was named by the old object too. An object that is not understood,
/// or names nothing, is never unchanged.
bool names_only_what_it_did(const AdmissionReview& review, const AdmittedObject& object, const Limits& limits, const IsOver& is_over = {});

/// The value at the path of a Location ("spec.containers[0].image"); nullptr where there is none.
const codec::Tree* value_at(const codec::Tree& object, std::string_view path);
/// The same path as a JSON Pointer (RFC 6901); "" for one that cannot be written so.
std::string pointer_to(std::string_view path);

}  // namespace headgate::intake
