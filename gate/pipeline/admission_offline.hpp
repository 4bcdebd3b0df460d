// admission_offline.hpp: reviews that no API server asks: files of AdmissionReviews, and plain manifests as if each of their objects were
// created. For `headgate k8s test`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pipeline/admission.hpp"

namespace headgate::pipeline {

struct OfflineReview {
    std::string name;                    // "pod.yaml"; with several objects in the file "pod.yaml#2"
    std::shared_ptr<const std::string> bytes;    // what the review's views lie in
    Result<AdmissionReview> review;      // an Error: no review, and no object
};

/// Every object of a file, JSON or YAML, a list item by item; and every AdmissionReview. Error{malformed}: neither.
Result<std::vector<OfflineReview>> offline_reviews(const std::string& name, ByteView bytes);

}  // namespace headgate::pipeline
