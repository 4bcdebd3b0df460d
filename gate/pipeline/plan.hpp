// plan.hpp: what a request comes down to: subjects, each with the files to read. Made by discover(), before any file is
// judged.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "intake/manifest.hpp"
#include "io/directory.hpp"
#include "model/fact.hpp"
#include "model/subject.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/isolation.hpp"

namespace headgate::pipeline {

struct FilePlan {
    std::string path;                            // within the subject
    std::shared_ptr<io::Directory> root;         // opened beneath this folder ...
    std::string open_path;                       // ... by this path, no component of which may be a link
    bool evidence = false;                       // signature or attestation beside the artifact
    std::string stated_sha256;                   // hub cache: the blob's name, when it is a SHA-256
    ParseOrder::Task task = ParseOrder::Task::artifact;   // what its bytes are read as: a layer of an image is told so
};

struct SubjectPlan {
    enum class Shape { name, file, folder, manifest, oci_layout };

    Shape shape = Shape::name;
    Subject subject;
    bool kind_given = false;                     // --kind or --as said what it is
    std::vector<FilePlan> files;                 // byte-wise path order
    const intake::ManifestFormat* manifest = nullptr;   // of a manifest; of a file: what it names besides, nullptr for nothing
    std::string tag;                             // oci_layout: image to select, "" the only one
    Evidence found;                              // findings of discovery: links, special files
    std::string display;                         // path as printed: of the file or folder; "" for a name
};

struct Plan {
    std::vector<SubjectPlan> subjects;           // argument order, then path order
    std::vector<Error> errors;                   // arguments that lead nowhere
    std::uint64_t empty_arguments = 0;           // that led somewhere, but to no subject
    std::uint64_t outside_files = 0;             // walked, and no subject
};

/// Finds the subjects of every argument (contract.md, "What is a subject").
Plan discover(const Request& request);

/// The subjects below one folder. `real` is its path without links, `display` how it is printed. `as_one`: the folder is
/// one subject whatever it looks like. Error{io, not_found}.
Result<void> discover_folder(const Request::Argument& argument, const std::string& real, const std::string& display,
                             bool as_one, bool names_only, const ParsingPlace& place, Plan& plan);

/// What --as and --kind say, applied to a planned file or folder. A reference of a known kind decides the kind; Error{usage}
/// when --kind contradicts it.
Result<void> apply_assertion(const Request::Argument& argument, SubjectPlan& plan);

/// Names a subject by the path as printed: "file:PATH".
void name_by_path(Subject& subject, const std::string& display);

/// `display`/`path`, for printing a location inside a subject.
std::string display_path(const SubjectPlan& plan, const std::string& path);

}  // namespace headgate::pipeline
