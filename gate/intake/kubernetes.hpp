// kubernetes.hpp: one object of a Kubernetes API -> the images, models and datasets that it names. The object is a tree, wherever it
// comes from: a document of a file, or `request.object` of an AdmissionReview.
#pragma once

#include <string_view>

#include "codec/tree.hpp"
#include "intake/manifest.hpp"

namespace headgate::intake::kubernetes {

/// Why an Opaque is there for what is no object.
inline constexpr std::string_view kNoObject = "an object without apiVersion or kind";

/// Where what is named stands: the path in the object ("spec.containers[0].image") is `member` of each Location, behind what the
/// context has there, and the line is that of the document.
///
/// Kinds of the API's own groups are known, and where their pods are (pod_images.hpp); in every other kind a pod's specification is found
/// wherever it stands, by its shape, and so are containers by any name, and the fields by which KServe, Ray, Kubeflow and others name
/// images and models (kinds_of_others.hpp). `status` and what is called an image and is none (a volume of Ceph) are left alone. A list is
/// read item by item. What a ConfigMap or Secret holds instead is a computed name (from_elsewhere.hpp).
///
/// A file that kustomize takes by its name (kustomize_resource.hpp) need not say that it is a Kustomization.
///
/// False, with an Opaque, when something that names could not be understood.
bool read_object(const codec::Tree& object, IntakeContext& context);

}  // namespace headgate::intake::kubernetes
