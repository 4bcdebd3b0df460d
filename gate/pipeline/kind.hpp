// kind.hpp: what a subject is judged as. The kind decides which rules are asked, so content never makes of a model what is asked less.
#pragma once

#include "model/fact.hpp"
#include "pipeline/plan.hpp"

namespace headgate::pipeline {

/// Of a single file of which nobody said a kind: a wheel, sdist, package of npm or crate under a name that its installer takes is a
/// package, columns are a dataset; anything else stays what its plan says.
Kind kind_by_content(const SubjectPlan& plan, const Evidence& evidence);

/// What the caller says about the bytes is compared with them: a digest in the name (`subject.digest-mismatch`), and a kind whose
/// rules would ask less (`subject.kind-mismatch`).
void check_statements_about(const SubjectPlan& plan, const Subject& subject, Evidence& evidence);

}  // namespace headgate::pipeline
