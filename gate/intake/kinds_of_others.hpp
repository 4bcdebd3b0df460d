// kinds_of_others.hpp: objects of kinds that nobody told us about: what they name is found by shapes and by the names of fields. A pod's
// specification wherever it stands, lists of containers whatever they are called, images, places of models.
#pragma once

#include <string>
#include <vector>

#include "intake/pod_images.hpp"

namespace headgate::intake::kubernetes {

class KindsOfOthers : public PodImages {
  protected:
    using PodImages::PodImages;

    struct Place {
        const Tree* node;
        std::string path;
        const Tree* metadata = nullptr;  // beside it: of the pod, where it is the specification of one
        bool container = false;          // it stands where a container does
    };

    /// Of the object everything but what is the API server's.
    void custom(const Tree& one, const std::string& path, bool kserve);
    void shapes(std::vector<Place> walk, bool kserve);
    /// name, newName, newTag, digest: of kustomize, and of what runs it in a cluster (Flux).
    void replaced_images(const Tree* list, const std::string& path);

  private:
    void table(const Place& place, bool kserve, std::vector<Place>& walk);
    void text(const Place& place);
    void runs_a_model(const Tree& node, const std::string& path);
    bool field(const Tree& of, const Tree::Entry& entry, const std::string& path, bool kserve, bool in_container);
    bool image(const Tree& of, const Tree& value, const std::string& path, const std::string& here, bool in_container);
    bool image_table(const Tree& value, const std::string& path, const std::string& here);
    bool images(const Tree& value, const std::string& here);
    bool location(std::string_view key, const Tree& value, const std::string& here, bool kserve);
    bool by_shape(const Tree& value, const std::string& here);
    std::string joined(const Tree& value, std::string_view name) const;
};

}  // namespace headgate::intake::kubernetes
