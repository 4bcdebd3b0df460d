#include "io/registry.hpp"

#include <algorithm>
#include <future>
#include <mutex>
#include <set>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "codec/json.hpp"
#include "crypto/digester.hpp"
#include "crypto/sha256.hpp"
#include "io/registry_requests.hpp"
#include "io/registry_headers.hpp"

namespace headgate::io {
namespace {

constexpr std::string_view kIndex = "application/vnd.oci.image.index.v1+json";
constexpr std::string_view kManifests =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";
constexpr std::size_t kMaxPages = 100;
constexpr std::uint64_t kMaxRange = 16ULL << 20U;

Error lies(const std::string& url, const std::string& why) { return {ErrorCode::malformed, url + ": " + why}; }

std::string media_type(const HttpResponse& response) {
    const std::string_view field = response.header("content-type");
    return ascii_lower(trim(field.substr(0, field.find(';'))));
}

// What the server says in a header of its own, where it says it: never believed, but compared.
// `content`: nullptr where it was not kept.
Result<void> compare_header(const HttpResponse& response, const Bytes* content, const std::string& digest, const std::string& url) {
    const auto named = [](const HttpHeader& one) { return one.name == "docker-content-digest"; };
    const auto count = std::count_if(response.headers.begin(), response.headers.end(), named);
    if (count == 0) return {};
    const std::string_view said = response.header("docker-content-digest");
    std::string computed = digest;
    if (said.starts_with("sha512:") || said.starts_with("sha384:")) {
        if (content == nullptr) return {};
        crypto::Digester digester(said.starts_with("sha512:") ? crypto::FileHash::sha512 : crypto::FileHash::sha384);
        digester.update(*content);
        computed = std::string(said.substr(0, 7)) + to_hex(digester.finish());
    }
    if (count == 1 && said == computed) return {};
    return lies(url, "Docker-Content-Digest says " + escape_terminal(said, 150) + ", and the content is " + computed);
}

// A sink that keeps all; the reader holds to the limit.
HttpBodySink into(Bytes& content) {
    return [&content](std::string_view bytes) {
        const ByteView view = as_bytes(bytes);
        content.insert(content.end(), view.begin(), view.end());
        return Result<void>();
    };
}

// How many descriptors a page of referrers has.
Result<std::size_t> count_referrers(const RegistryDocument& page, const RegistryOptions& options, const std::string& url) {
    const codec::JsonLimits limits{50, options.referrer_bytes, 64 * (options.referrers + 16)};
    const auto document = codec::parse_json(page.content, limits);
    if (!document.ok()) return lies(url, document.error().message);
    const codec::Json* const manifests = document->find("manifests");
    if (manifests == nullptr || !manifests->is_array()) return lies(url, "no index of referrers: it has no manifests");
    return manifests->items.size();
}

}  // namespace

class Registry::State {
  public:
    explicit State(std::unique_ptr<RegistryFetcher> made) : fetcher(std::move(made)) {}

    Result<RegistryDocument> document(const RegistryPlace& place, const std::string& url, std::uint64_t limit, std::string* link, Deadline deadline) const {
        RegistryDocument read;
        RegistryQuestion question;
        question.url = url;
        question.accept = link == nullptr ? kManifests : kIndex;
        question.limit = limit;
        question.sink = into(read.content);
        const HttpResponse response = TRY(fetcher->fetch(place, question, deadline));
        read.digest = "sha256:" + crypto::sha256_hex(read.content);
        read.media_type = media_type(response);
        TRY_VOID(compare_header(response, &read.content, read.digest, url));
        if (link != nullptr) *link = response.header("link");
        return read;
    }
    /// A blob, to its end; its digest is compared.
    Result<void> pull(const RegistryPlace& place, const std::string& digest, std::uint64_t limit, const HttpBodySink& sink, Deadline deadline) const {
        crypto::Sha256 hash;
        RegistryQuestion question;
        question.url = place.url("blobs/" + digest);
        question.limit = limit;
        question.sink = [&](std::string_view bytes) {
            hash.update(as_bytes(bytes));
            return sink(bytes);
        };
        const HttpResponse response = TRY(fetcher->fetch(place, question, deadline));
        const std::string computed = "sha256:" + to_hex(hash.finish());
        if (computed != digest) return lies(question.url, "the content is " + computed);
        return compare_header(response, nullptr, computed, question.url);
    }
    Result<RegistryPlace> place(const Repository& where) const { return place_of(where, fetcher->options()); }

    /// Registries that had no list of referrers when they were asked last.
    bool lists_none(const std::string& origin) const {
        const std::lock_guard lock(mutex);
        return without_lists.contains(origin);
    }
    void remember(const std::string& origin, bool lists) const {
        constexpr std::size_t kMostRemembered = 256;
        const std::lock_guard lock(mutex);
        if (lists) without_lists.erase(origin);
        else if (without_lists.size() < kMostRemembered) without_lists.insert(origin);
    }

    const std::unique_ptr<RegistryFetcher> fetcher;
    mutable std::mutex mutex;
    mutable std::set<std::string> without_lists;
};

Registry::Registry(std::unique_ptr<State> state) : state_(std::move(state)) {}
Registry::~Registry() = default;
std::uint64_t Registry::requests() const { return state_->fetcher->requests(); }

Result<std::shared_ptr<Registry>> Registry::open(RegistryOptions options) {
    auto fetcher = TRY(RegistryFetcher::open(options));
    return std::shared_ptr<Registry>(new Registry(std::make_unique<State>(std::move(fetcher))));
}

Result<RegistryDocument> Registry::manifest(const Repository& where, std::string_view tag_or_digest, Deadline deadline) const {
    const bool by_digest = is_registry_digest(tag_or_digest);
    if (!by_digest && !is_registry_tag(tag_or_digest)) return Error{ErrorCode::usage, "neither a tag nor a digest: " + escape_terminal(tag_or_digest, 150)};
    const RegistryPlace place = TRY(state_->place(where));
    const std::string url = place.url("manifests/" + std::string(tag_or_digest));
    RegistryDocument read = TRY(state_->document(place, url, state_->fetcher->options().manifest_bytes, nullptr, deadline));
    if (by_digest && read.digest != tag_or_digest) return lies(url, "the content is " + read.digest);
    return read;
}

Result<std::string> Registry::digest_of_tag(const Repository& where, std::string_view tag, Deadline deadline) const {
    if (!is_registry_tag(tag)) return Error{ErrorCode::usage, "no tag: " + escape_terminal(tag, 150)};
    const RegistryPlace place = TRY(state_->place(where));
    RegistryQuestion question;
    question.method = "HEAD";
    question.url = place.url("manifests/" + std::string(tag));
    question.accept = kManifests;
    question.limit = 0;
    const HttpResponse response = TRY(state_->fetcher->fetch(place, question, deadline));
    const std::string_view said = response.header("docker-content-digest");
    if (is_registry_digest(said)) return std::string(said);
    const RegistryDocument read = TRY(manifest(where, tag, deadline));
    return read.digest;
}

Result<Bytes> Registry::blob(const Repository& where, const std::string& digest, std::uint64_t max_bytes, Deadline deadline) const {
    if (!is_registry_digest(digest)) return Error{ErrorCode::usage, "no digest: " + escape_terminal(digest, 150)};
    const RegistryPlace place = TRY(state_->place(where));
    Bytes content;
    TRY_VOID(state_->pull(place, digest, max_bytes, into(content), deadline));
    return content;
}

Result<Bytes> Registry::range(const Repository& where, const std::string& digest, std::uint64_t offset, std::uint64_t length, Deadline deadline) const {
    if (!is_registry_digest(digest)) return Error{ErrorCode::usage, "no digest: " + escape_terminal(digest, 150)};
    if (length == 0 || length > kMaxRange || offset > UINT64_MAX - length) return Error{ErrorCode::usage, "no range that can be asked for"};
    const RegistryPlace place = TRY(state_->place(where));
    const std::string wanted = std::to_string(offset) + "-" + std::to_string(offset + length - 1);
    RegistryQuestion question;
    question.url = place.url("blobs/" + digest);
    question.limit = std::max<std::uint64_t>(length, 64U << 10U);    // all of it, where it knows no ranges, is not waited for
    question.range = "bytes=" + wanted;
    const HttpResponse response = TRY(state_->fetcher->fetch(place, question, deadline));
    if (response.status != 206) return Error{ErrorCode::io, question.url + ": the registry hands out no ranges"};
    const bool same = response.header("content-range").starts_with("bytes " + wanted + "/");
    if (!same || response.body.size() != length) return lies(question.url, "it is not the range that was asked for");
    return Bytes(response.body.begin(), response.body.end());
}

Result<void> Registry::stream(const Repository& where, const std::string& digest, std::uint64_t size, const Sink& sink, Deadline deadline) const {
    if (!is_registry_digest(digest)) return Error{ErrorCode::usage, "no digest: " + escape_terminal(digest, 150)};
    const RegistryPlace place = TRY(state_->place(where));
    std::uint64_t arrived = 0;
    const auto hand_on = [&](std::string_view bytes) -> Result<void> {
        arrived += bytes.size();
        if (sink(as_bytes(bytes))) return {};
        return Error{ErrorCode::usage, "whoever reads it has stopped"};
    };
    TRY_VOID(state_->pull(place, digest, size, hand_on, deadline));
    if (arrived != size) return lies(place.url("blobs/" + digest), std::to_string(arrived) + " bytes, expected " + std::to_string(size));
    return {};
}

Result<std::vector<RegistryDocument>> Registry::referrers(const Repository& where, const std::string& digest, Deadline deadline) const {
    if (!is_registry_digest(digest)) return Error{ErrorCode::usage, "no digest: " + escape_terminal(digest, 150)};
    const RegistryPlace place = TRY(state_->place(where));
    const RegistryOptions& options = state_->fetcher->options();
    std::vector<RegistryDocument> pages;
    std::set<std::string> seen;
    std::uint64_t left = options.referrer_bytes;
    std::size_t entries = 0;
    std::string url = place.url("referrers/" + digest);
    const auto keep = [&](RegistryDocument page) -> Result<void> {
        entries += TRY(count_referrers(page, options, url));
        if (entries > options.referrers) return lies(url, "over " + std::to_string(options.referrers) + " referrers");
        left -= std::min<std::uint64_t>(left, page.content.size());
        pages.push_back(std::move(page));
        return {};
    };
    // No such API: the tag that stands for it (distribution-spec, "Referrers Tag Schema"). Of a registry that had none before it is asked for at
    // the same time, and looked at only if there is still none.
    const std::string tag_url = place.url("manifests/sha256-" + digest.substr(7));
    const auto by_tag = [&] { return state_->document(place, tag_url, options.referrer_bytes, nullptr, deadline); };
    std::future<Result<RegistryDocument>> early;
    if (state_->lists_none(place.server.origin())) early = std::async(std::launch::async, by_tag);
    while (!url.empty()) {
        if (!seen.insert(url).second || seen.size() > kMaxPages) return lies(url, "its pages do not end");
        std::string link;
        auto page = state_->document(place, url, left, &link, deadline);
        if (!page.ok() && page.error().code == ErrorCode::not_found && pages.empty()) break;
        if (!page.ok()) return page.error();
        state_->remember(place.server.origin(), true);
        if (page->media_type != kIndex) return lies(url, "the media type of its referrers is " + escape_terminal(page->media_type, 150));
        TRY_VOID(keep(std::move(*page)));
        const auto next = next_link(link);
        if (!next.ok()) return lies(url, next.error().message);
        if (next->empty()) return pages;
        // Of the same server, and of the same list.
        const bool relative = next->starts_with('/') && !next->starts_with("//");
        const auto target = parse_url(relative ? place.server.origin() + *next : *next);
        const bool same = target.ok() && target->origin() == place.server.origin() && target->target.starts_with("/v2/" + place.path + "/");
        if (!same) return lies(url, "its next page is elsewhere: " + escape_terminal(*next, 150));
        url = target->origin() + target->target;
    }
    state_->remember(place.server.origin(), false);
    url = tag_url;
    auto fallback = early.valid() ? early.get() : by_tag();
    if (!fallback.ok() && fallback.error().code == ErrorCode::not_found) return pages;
    if (!fallback.ok()) return fallback.error();
    TRY_VOID(keep(std::move(*fallback)));
    return pages;
}

}  // namespace headgate::io
