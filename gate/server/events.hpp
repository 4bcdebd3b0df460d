// events.hpp: what registries and hubs tell about pushes: POST /v1/events/registry (the notification envelope of the distribution registry) and
// /v1/events/huggingface (the hub's webhook). Each names subjects; they are judged after the answer, one after the other.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.hpp"

namespace headgate::server {

/// As /v1/evaluate names it.
struct PushedSubject {
    std::string ref;                     // "oci:host/name@sha256:..." or "hf:org/name@commit"
    std::string kind;                    // "container", "model", "dataset"
    friend bool operator==(const PushedSubject&, const PushedSubject&) = default;
};

inline constexpr std::size_t kMaxEvents = 256;     // of one envelope

/// The manifests that were pushed, each once; other events (pulls, layers) name nothing. A push whose name, digest or host is none, or too
/// many events, is an Error{usage}: nothing of the envelope is judged then.
Result<std::vector<PushedSubject>> read_registry_events(std::string_view body);

/// The repository whose content changed, at its commit; empty for other events. Error{usage} for names and commits that are none.
Result<std::vector<PushedSubject>> read_hub_event(std::string_view body);

/// The body of a request to /v1/evaluate about them.
std::string subjects_document(const std::vector<PushedSubject>& subjects);

/// Work that nobody waits for: at most `capacity` envelopes, done by one thread.
class EventQueue {
  public:
    EventQueue(std::function<void(const std::vector<PushedSubject>&)> judge, std::size_t capacity);
    /// Ends with what is being judged; what waits is not judged any more.
    ~EventQueue();
    EventQueue(const EventQueue&) = delete;
    EventQueue& operator=(const EventQueue&) = delete;

    /// False when it is full: whoever notifies tries again.
    bool push(std::vector<PushedSubject> subjects);

  private:
    void work();

    std::function<void(const std::vector<PushedSubject>&)> judge_;
    std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable wanted_;
    std::deque<std::vector<PushedSubject>> waiting_;
    bool closing_ = false;
    std::thread worker_;
};

}  // namespace headgate::server
