// lapsed.hpp: whether what is refused now is refused for nothing but what has ended meanwhile: a statement or verdict that has become too old,
// a waiver. For `defaults.grace` (grace.hpp).
#pragma once

#include "model/verdict.hpp"

namespace headgate::pipeline {

/// `now` and `then`: of one subject, its evidence as it is now, under one policy, at two times. True only if it would have been let in then,
/// and each failure of now is a statement that was young enough then, or a finding that a waiver named then. Whatever else is found (a
/// statement that says FAILED, what is blocked, what no rule speaks of) makes it false; so does what could not be decided.
bool only_lapsed(const SubjectVerdict& now, const SubjectVerdict& then);

}  // namespace headgate::pipeline
