// examine.hpp: one file -> its record and its facts, hashed over the bytes that were parsed.
#pragma once

#include <functional>

#include "io/file_source.hpp"
#include "pipeline/plan.hpp"

namespace headgate::pipeline {

/// A manifest that lies inside an artifact (requirements.txt beside weights): judged by itself, as a member.
struct InnerManifest {
    const intake::ManifestFormat* format = nullptr;
    FileRecord record;
    Evidence facts;
};

class BaseModel;

/// What is looked at while the bytes of a file are hashed, besides.
struct WhileHashing {
    bool statistics = false;             // the values of its tensors (tensor_pass.hpp)
    const BaseModel* base = nullptr;     // what they are to those of this model (pair_pass.hpp); nullptr: of none
};

struct FileOutcome {
    FileRecord record;
    Evidence facts;
    std::optional<InnerManifest> manifest;
    std::vector<TensorRelation> relations;   // to the base model, if one was given
    Bytes content;                       // of evidence files only
    bool begins_as_envelope = false;     // sigstore/pae.hpp
    io::FileStamp stamp;                 // of the file that was hashed, from its opening to the end of it
    std::optional<Error> error;          // could not be read, or changed: the subject cannot be decided
};

/// Opens, parses and hashes one file of a subject. Blobs of an OCI layout are hashed and kept small, not parsed. It is parsed where
/// `place` says; this process opens, reads and hashes it.
FileOutcome examine_file(const SubjectPlan& subject, const FilePlan& file, const Limits& limits, const ParsingPlace& place,
                         const WhileHashing& looks, const io::Progress& progress);

/// Only then are the values of tensors looked at.
bool asks_for_weights(const Policy& policy);

/// Every file of every subject, over the threads that the request allows. Answers lie in [subject][file].
std::vector<std::vector<FileOutcome>> examine_files(const Plan& plan, const Request& request, const WhileHashing& looks);

}  // namespace headgate::pipeline
