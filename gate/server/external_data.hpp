// external_data.hpp: Gatekeeper's external data protocol (externaldata.gatekeeper.sh/v1beta1): a ProviderRequest asks about keys, here
// references of images; the ProviderResponse says of each a value or an error. Pure.
//
// The value is the digest that was judged, or of a reference that nobody resolved and names none "allow". A template that forgets to look at
// errors sees no value.
#pragma once

#include <string>
#include <vector>

#include "pipeline/admission.hpp"

namespace headgate::server {

struct ProviderItem {
    std::string key, value, error;
};

inline constexpr std::size_t kMostKeys = 256;

/// The keys. Error{malformed, usage}: no ProviderRequest of a version that we speak.
Result<std::vector<std::string>> read_provider_request(ByteView bytes);

ProviderItem item_of(const std::string& key, const pipeline::AdmissionJudgement& judgement);
std::string provider_answer(const std::vector<ProviderItem>& items);
/// No key could be answered.
std::string provider_failure(const std::string& why);

}  // namespace headgate::server
