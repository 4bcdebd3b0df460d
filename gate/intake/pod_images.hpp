// pod_images.hpp: what the containers and volumes of a pod name: images, and models that a server or an initializer is told to load.
// The layer below kubernetes.cpp that every kind shares.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "intake/deployment_reader.hpp"
#include "intake/from_elsewhere.hpp"
#include "intake/workload.hpp"

namespace headgate::intake::kubernetes {

/// Paths as locations show them: "spec.containers" and "[0]" behind it; no longer than is shown.
std::string below(const std::string& path, std::string_view key);
std::string item(const std::string& path, std::size_t index);

class PodImages : public DeploymentReader {
  protected:
    using DeploymentReader::DeploymentReader;

    Location where(const Tree& node, const std::string& path) const;
    void refuse(const std::string& why, const Tree& node, const std::string& path);

    /// KServe, and what was made after it, says in annotations where the model of a pod comes from. `of` has the metadata.
    void annotations(const Tree& of, const std::string& path);
    static bool is_source_annotation(std::string_view key) { return key.ends_with("/storage-initializer-sourceuri"); }

    void pod(const Tree& spec, const std::string& path);
    void containers(const Tree* spec, const std::string& path, std::string_view key);
    /// A patch may leave the image to what it patches; one that is there must name something, unless a blank one stands for a default.
    void container(const Tree& one, const std::string& path, bool may_be_blank = false);
    /// Its command, arguments and environment, where it is a server of models, or fetches one.
    void runs(const Tree& one, const std::string& path, const std::string& image);

    void image_node(const Tree& node, const std::string& path);
    void image_text(const std::string& text, const Tree& node, const std::string& path);

    bool is_read(const Tree& node) const { return read_.contains(&node); }
    void mark(const Tree& node) { read_.insert(&node); }

    WorkloadOwner owner_;                // of the pods that are read now
    bool patching_ = false;

  private:
    void volume(const Tree& one, const std::string& path);
    GivenEnvironment environment(const Tree& one, const std::string& path);
    void beside(const Tree* handler, const std::string& path, const GivenEnvironment& given, const std::string& image, bool expands);
    void fetched_by_variables(const GivenEnvironment& given, const Tree& one, const std::string& path);
    void initialized(const std::vector<std::string>& words, const GivenEnvironment& given, const Tree& one, const std::string& path);

    std::unordered_set<const Tree*> read_;   // nodes that are done with: a walk over the rest leaves them alone
};

}  // namespace headgate::intake::kubernetes
