// base_documents.hpp: the documents beside a model that steer what it says, beside those of its base: chat template, tokenizer,
// special tokens, generation defaults. Weights that are the base's to the last bit say something else under another template.
#pragma once

#include <span>
#include <vector>

#include "pipeline/base_model.hpp"

namespace headgate::pipeline {

/// What the documents of a subject say other than those of the base. They are read again, and must have the SHA-256 of their
/// record. Error{io}: one cannot be read, or changed.
Result<std::vector<BaseDifference>> compare_documents(const BaseModel& base, const SubjectPlan& plan, std::span<const FileRecord> files);

}  // namespace headgate::pipeline
