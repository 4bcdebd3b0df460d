// layout.hpp: what a folder is, by the names (and a few small files) in it: a model, a dataset, an image, or just a
// place where such things lie. Pure functions over a listing.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "io/directory.hpp"
#include "model/kinds.hpp"

namespace headgate::pipeline {

/// One folder of a listing with everything below it.
struct FolderView {
    std::string path;                                   // relative to the walked folder, "" is itself
    std::vector<const io::Entry*> children;             // directly in it
    std::vector<const io::Entry*> below;                // all of it, path order
};

/// Reads a small file of the listing (up to 16 MiB); nullopt when it cannot be read or is larger.
using ReadSmall = std::function<std::optional<Bytes>(const std::string& path)>;

enum class FolderShape { plain, hub_snapshot, model, dataset, oci_layout };

/// What is asked about a small file whose content has to be parsed for the answer.
enum class SmallFile {
    network,                                            // is it a network of OpenVINO, in XML?
    model_config,                                       // is it the configuration of a model, in JSON?
};
bool answer_about(SmallFile question, ByteView bytes);
/// Who answers: this process, or a worker.
using AskAbout = std::function<bool(SmallFile question, const std::string& path, ByteView bytes)>;

/// `parents`: names of the two folders above, nearest first ("snapshots", "models--org--name").
FolderShape folder_shape(const FolderView& folder, const std::vector<std::string>& parents, const ReadSmall& read, const AskAbout& ask);

Kind kind_of(FolderShape shape, const std::vector<std::string>& parents);

/// Where a link of a Hugging Face cache leads: for a link at `<repo>/snapshots/<commit>/...` whose target is
/// `<repo>/blobs/<name>`, the path of the blob; nullopt for every other link. All paths absolute, lexical.
struct HubBlob {
    std::string repo;                                   // absolute path of the repository folder
    std::string blob;                                   // name below blobs/
};
std::optional<HubBlob> hub_blob(const std::string& link_path, const std::string& target);

/// True for names that artifacts usually have (".pkl", ".onnx", ".7z", ...): a loose file of such a name is a subject even
/// when no parser of this build knows its content, and is then refused rather than passed over.
bool has_artifact_name(std::string_view name);

/// Last component.
std::string_view base_name(std::string_view path);
/// Everything before the last component, "" without one.
std::string_view parent_path(std::string_view path);

}  // namespace headgate::pipeline
