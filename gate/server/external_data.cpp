#include "server/external_data.hpp"

#include "base/text.hpp"
#include "codec/json.hpp"
#include "pipeline/admission_answer.hpp"

namespace headgate::server {
namespace {

using codec::Json;

constexpr const char* kVersion = "externaldata.gatekeeper.sh/v1beta1";
constexpr std::size_t kMostKey = 4096;
constexpr std::size_t kMostError = 512;

std::string write(Json response) {
    Json document = Json::object();
    document.add("apiVersion", Json::of(kVersion));
    document.add("kind", Json::of("ProviderResponse"));
    document.add("response", std::move(response));
    return codec::write_json(document) + "\n";
}

/// A question about the same reference has, under the same policy, the same answer; but a tag may move, so nothing is promised.
constexpr bool kIdempotent = false;

}  // namespace

Result<std::vector<std::string>> read_provider_request(ByteView bytes) {
    codec::JsonLimits limits;
    limits.depth = 8;
    limits.bytes = 1ULL << 20U;
    limits.values = 4 * kMostKeys;
    const Json document = TRY(codec::parse_json(bytes, limits));
    const std::string* version = document.find_text("apiVersion");
    const std::string* kind = document.find_text("kind");
    if (version == nullptr || *version != kVersion || kind == nullptr || *kind != "ProviderRequest") {
        return Error{ErrorCode::usage, std::string("expected a ProviderRequest of ") + kVersion};
    }
    const Json* request = document.find("request");
    const Json* keys = request == nullptr ? nullptr : request->find("keys");
    if (keys == nullptr || !keys->is_array() || keys->items.size() > kMostKeys) {
        return Error{ErrorCode::usage, "expected request.keys, a list of at most " + std::to_string(kMostKeys) + " references"};
    }
    std::vector<std::string> list;
    for (const Json& key : keys->items) {
        if (!key.is_text() || key.text.size() > kMostKey) return Error{ErrorCode::usage, "a key is no text, or too long"};
        list.push_back(key.text);
    }
    return list;
}

ProviderItem item_of(const std::string& key, const pipeline::AdmissionJudgement& judgement) {
    ProviderItem item;
    item.key = key;
    if (judgement.outcome != pipeline::AdmissionJudgement::Outcome::allowed || judgement.named.size() != 1) {
        item.error = escape_terminal(pipeline::denial_message(judgement), kMostError);
        return item;
    }
    item.value = judgement.named.front().digest.empty() ? "allow" : judgement.named.front().digest;
    return item;
}

std::string provider_answer(const std::vector<ProviderItem>& items) {
    Json response = Json::object();
    response.add("idempotent", Json::of(kIdempotent));
    Json& list = response.add("items", Json::array());
    for (const ProviderItem& item : items) {
        Json one = Json::object();
        one.add("key", Json::of(item.key));
        if (item.error.empty()) one.add("value", Json::of(item.value));
        else one.add("error", Json::of(item.error));
        list.push(std::move(one));
    }
    response.add("systemError", Json::of(""));
    return write(std::move(response));
}

std::string provider_failure(const std::string& why) {
    Json response = Json::object();
    response.add("idempotent", Json::of(kIdempotent));
    response.add("items", Json::array());
    response.add("systemError", Json::of(escape_terminal(why, kMostError)));
    return write(std::move(response));
}

}  // namespace headgate::server
