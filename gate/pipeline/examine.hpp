// examine.hpp: one file -> its record and its facts, hashed over the bytes that were parsed.
#pragma once

#include <functional>

#include "pipeline/plan.hpp"

namespace headgate::pipeline {

/// A manifest that lies inside an artifact (requirements.txt beside weights): judged by itself, as a member.
struct InnerManifest {
    const intake::ManifestFormat* format = nullptr;
    FileRecord record;
    Evidence facts;
};

struct FileOutcome {
    FileRecord record;
    Evidence facts;
    std::optional<InnerManifest> manifest;
    Bytes content;                       // of evidence files only
    std::optional<Error> error;          // could not be read, or changed: the subject cannot be decided
};

using Progress = std::function<void(std::uint64_t bytes)>;

/// Opens, parses and hashes one file of a subject. Blobs of an OCI layout are hashed and kept small, not parsed.
FileOutcome examine_file(const SubjectPlan& subject, const FilePlan& file, const Limits& limits,
                         const Progress& progress);

}  // namespace headgate::pipeline
