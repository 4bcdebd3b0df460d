#include "server/events.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "codec/json.hpp"
#include "model/reference.hpp"

namespace headgate::server {
namespace {

using codec::Json;

Error wrong(std::string what) { return {ErrorCode::usage, std::move(what)}; }

Result<Json> read_document(std::string_view body) {
    codec::JsonLimits limits;
    limits.depth = 32;
    limits.bytes = 7ULL << 20U;
    limits.values = 100'000;
    auto document = codec::parse_json(as_bytes(body), limits);
    if (!document.ok()) return wrong(document.error().message);
    if (!document->is_object()) return wrong("expected an object");
    return std::move(document).value();
}

bool only(std::string_view text, std::string_view more, bool upper) {
    return std::all_of(text.begin(), text.end(), [&](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || (upper && letter >= 'A' && letter <= 'Z') ||
               more.find(letter) != std::string_view::npos;
    });
}

bool is_manifest_type(std::string_view type) {
    return type == "application/vnd.oci.image.manifest.v1+json" || type == "application/vnd.oci.image.index.v1+json" ||
           type == "application/vnd.docker.distribution.manifest.v2+json" || type == "application/vnd.docker.distribution.manifest.list.v2+json";
}

std::string text_of(const Json* object, std::string_view key) {
    const std::string* const text = object == nullptr ? nullptr : object->find_text(key);
    return text == nullptr ? std::string() : *text;
}

bool is_path(std::string_view name, bool upper) {
    return !name.empty() && name.size() <= 255 && name.front() != '/' && name.back() != '/' && name.find("//") == std::string_view::npos &&
           name.find("..") == std::string_view::npos && only(name, "._-/", upper);
}

}  // namespace

Result<std::vector<PushedSubject>> read_registry_events(std::string_view body) {
    const Json document = TRY(read_document(body));
    const Json* const events = document.find("events");
    if (events == nullptr || !events->is_array()) return wrong("expected {\"events\":[...]}");
    if (events->items.size() > kMaxEvents) return wrong("more than " + std::to_string(kMaxEvents) + " events");
    std::vector<PushedSubject> pushed;
    for (const Json& event : events->items) {
        if (!event.is_object()) return wrong("an event must be an object");
        if (text_of(&event, "action") != "push") continue;
        const Json* const target = event.find("target");
        if (!is_manifest_type(text_of(target, "mediaType"))) continue;
        const std::string digest = text_of(target, "digest");
        const std::string repository = text_of(target, "repository");
        const std::string host = text_of(event.find("request"), "host");
        if (!digest.starts_with("sha256:") || !is_lower_hex(std::string_view(digest).substr(7), 64)) return wrong("a pushed manifest has no SHA-256");
        if (!is_path(repository, false)) return wrong("a pushed manifest has no repository");
        if (host.empty() || host.size() > 255 || !only(host, ".-:", false)) return wrong("a pushed manifest has no host");
        PushedSubject subject{"oci:" + host + "/" + repository + "@" + digest, "container"};
        if (!parse_reference(subject.ref).ok()) return wrong("a pushed manifest has no name that could be asked for");
        if (std::find(pushed.begin(), pushed.end(), subject) == pushed.end()) pushed.push_back(std::move(subject));
    }
    return pushed;
}

Result<std::vector<PushedSubject>> read_hub_event(std::string_view body) {
    const Json document = TRY(read_document(body));
    const Json* const event = document.find("event");
    const Json* const repository = document.find("repo");
    if (event == nullptr || !event->is_object() || repository == nullptr || !repository->is_object()) return wrong("expected {\"event\":{...},\"repo\":{...}}");
    const std::string action = text_of(event, "action");
    const std::string scope = text_of(event, "scope");
    const std::string type = text_of(repository, "type");
    const bool content = scope == "repo.content" || (scope == "repo" && action == "create");
    if (!content || action == "delete" || (type != "model" && type != "dataset")) return std::vector<PushedSubject>();
    const std::string name = text_of(repository, "name");
    const std::string commit = text_of(repository, "headSha");
    if (!is_path(name, true)) return wrong("the repository has no name");
    if (!is_lower_hex(commit, 40)) return wrong("the repository has no commit");
    PushedSubject subject{(type == "model" ? "hf:" : "hf-dataset:") + name + "@" + commit, type};
    if (!parse_reference(subject.ref).ok()) return wrong("the repository has no name that could be asked for");
    return std::vector<PushedSubject>{std::move(subject)};
}

std::string subjects_document(const std::vector<PushedSubject>& subjects) {
    Json list;
    list.type = Json::Type::array;
    for (const PushedSubject& subject : subjects) {
        Json one = Json::object();
        one.add("ref", Json::of(subject.ref));
        one.add("kind", Json::of(subject.kind));
        list.items.push_back(std::move(one));
    }
    Json document = Json::object();
    document.add("subjects", std::move(list));
    return codec::write_json(document);
}

EventQueue::EventQueue(std::function<void(const std::vector<PushedSubject>&)> judge, std::size_t capacity)
    : judge_(std::move(judge)), capacity_(capacity), worker_([this] { work(); }) {}

EventQueue::~EventQueue() {
    {
        const std::scoped_lock lock(mutex_);
        closing_ = true;
    }
    wanted_.notify_all();
    worker_.join();
}

bool EventQueue::push(std::vector<PushedSubject> subjects) {
    const std::scoped_lock lock(mutex_);
    if (closing_ || waiting_.size() >= capacity_) return false;
    waiting_.push_back(std::move(subjects));
    wanted_.notify_one();
    return true;
}

void EventQueue::work() {
    for (;;) {
        std::vector<PushedSubject> subjects;
        {
            std::unique_lock lock(mutex_);
            wanted_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
            if (closing_) return;
            subjects = std::move(waiting_.front());
            waiting_.pop_front();
        }
        judge_(subjects);
    }
}

}  // namespace headgate::server
