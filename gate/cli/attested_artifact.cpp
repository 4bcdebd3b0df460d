#include "cli/attested_artifact.hpp"

#include <algorithm>

#include "attest/bundle_list.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "cli/parse.hpp"
#include "cli/trust_options.hpp"
#include "io/file_source.hpp"

namespace headgate::cli {
namespace {

using codec::Json;

constexpr std::uint64_t kMaxArtifact = 2ULL << 30U;
constexpr std::size_t kMaxDigests = 16;

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }

void add_if_said(Json& object, std::string key, const std::string& value) {
    if (!value.empty()) object.add(std::move(key), Json::of(value));
}

}  // namespace

void AttestedArtifact::add_to(CLI::App& app) {
    app.add_option("ARTIFACT", path, "the bytes that the statement must be about")->type_name("FILE");
    app.add_option("--digest", digests, "of the artifact, instead of its bytes: ALGORITHM:VALUE; repeatable, all must be the artifact's")
        ->type_name("DIGEST")
        ->allow_extra_args(false);
}

Result<attest::NamedDigests> AttestedArtifact::named() const {
    if (!path.empty() && !digests.empty()) return usage("--digest: give the artifact or its digest, not both");
    if (digests.size() > kMaxDigests) return usage("--digest: at most 16");
    attest::NamedDigests named;
    if (!path.empty()) {
        const Bytes bytes = TRY(io::read_file(path, kMaxArtifact));
        for (const crypto::Hash hash : {crypto::Hash::sha256, crypto::Hash::sha384, crypto::Hash::sha512}) {
            named.emplace(crypto::to_string(hash), to_hex(crypto::digest(hash, bytes)));
        }
    }
    for (const std::string& digest : digests) {
        const std::size_t colon = digest.find(':');
        std::string algorithm = digest.substr(0, colon);
        if (colon == std::string::npos || algorithm.empty() || colon + 1 == digest.size()) {
            return usage("--digest " + digest + ": expected ALGORITHM:VALUE, like sha256:<64 hex digits>");
        }
        std::string value = digest.substr(colon + 1);
        if (algorithm == "sha256" || algorithm == "sha384" || algorithm == "sha512") {
            // A number of hex digits that no such digest has is no statement's, whatever is asked.
            value = ascii_lower(value);
        }
        if (!named.emplace(std::move(algorithm), std::move(value)).second) return usage("--digest " + digest + ": that algorithm is given twice");
    }
    return named;
}

Json describe(const attest::BuildClaims& claims) {
    Json answer = Json::object();
    answer.add("builder", Json::of(claims.builder));
    answer.add("build_type", Json::of(claims.build_type));
    add_if_said(answer, "source", claims.source);
    add_if_said(answer, "ref", claims.ref);
    add_if_said(answer, "commit", claims.commit);
    add_if_said(answer, "entry_point", claims.entry_point);
    add_if_said(answer, "invocation", claims.invocation);
    Json& materials = answer.add("materials", Json::array());
    for (const Material& material : claims.materials) {
        Json& one = materials.push(Json::object());
        one.add("uri", Json::of(material.uri));
        Json& digests = one.add("digests", Json::array());
        for (const std::string& digest : material.digests) digests.push(Json::of(digest));
    }
    return answer;
}

Result<int> first_that_counts(ByteView file, const std::function<Result<Json>(const Json&)>& judge) {
    const auto documents = attest::read_bundle_list(file);
    if (!documents.ok()) return print_refused(documents.error().message);
    std::vector<std::string> reasons;
    for (const Json& document : *documents) {
        auto answer = judge(document);
        if (answer.ok()) return print_verified(std::move(*answer));
        reasons.push_back(answer.error().message);
    }
    return print_refused(reasons_of(reasons));
}

std::string reasons_of(const std::vector<std::string>& reasons) {
    if (reasons.size() == 1) return reasons.front();
    std::string all;
    for (std::size_t i = 0; i < reasons.size(); ++i) {
        all += (i == 0 ? "none of " + std::to_string(reasons.size()) + " attestations counts: " : "; ") + std::to_string(i + 1) + ": " + reasons[i];
    }
    return all;
}

}  // namespace headgate::cli
