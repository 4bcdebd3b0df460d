// What registries and hubs tell about pushes.
#include <catch2/catch.hpp>
#include <chrono>
#include <future>

#include "server/events.hpp"

using namespace headgate;
using namespace headgate::server;

namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

std::string event(const std::string& action, const std::string& type, const std::string& repository, const std::string& digest, const std::string& host) {
    return R"({"action":")" + action + R"(","target":{"mediaType":")" + type + R"(","digest":")" + digest + R"(","repository":")" + repository +
           R"("},"request":{"host":")" + host + R"("}})";
}

std::string envelope(const std::string& events) { return R"({"events":[)" + events + "]}"; }

constexpr const char* kManifest = "application/vnd.oci.image.manifest.v1+json";

std::string hub(const std::string& event_text, const std::string& repository) { return R"({"event":)" + event_text + R"(,"repo":)" + repository + "}"; }

}  // namespace

TEST_CASE("a pushed manifest is judged by its digest, once; layers and pulls are not") {
    const std::string pushed = event("push", kManifest, "team/llm", kDigest, "registry.example:5000");
    const auto subjects = read_registry_events(envelope(pushed + "," + pushed + "," + event("pull", kManifest, "team/other", kDigest, "registry.example") + "," +
                                                        event("push", "application/octet-stream", "team/llm", kDigest, "registry.example")));
    REQUIRE(subjects.ok());
    CHECK(*subjects == std::vector<PushedSubject>{{"oci:registry.example:5000/team/llm@" + kDigest, "container"}});
    CHECK(subjects_document(*subjects) == R"({"subjects":[{"ref":"oci:registry.example:5000/team/llm@)" + kDigest + R"(","kind":"container"}]})");
}

TEST_CASE("an envelope with a push that cannot be named is refused whole") {
    for (const std::string& bad : {event("push", kManifest, "team/llm", "sha256:aa", "registry.example"), event("push", kManifest, "team/../llm", kDigest, "registry.example"),
                                   event("push", kManifest, "", kDigest, "registry.example"), event("push", kManifest, "team@x", kDigest, "registry.example"),
                                   event("push", kManifest, "team/llm", kDigest, ""), event("push", kManifest, "team/llm", kDigest, "user@host"),
                                   event("push", kManifest, "team/llm", kDigest, "host/path"), event("push", kManifest, "team/llm", kDigest, "a:b:c"), std::string("1")}) {
        CHECK_FALSE(read_registry_events(envelope(bad)).ok());
    }
    const std::string whole = envelope(event("push", kManifest, "team/llm", kDigest, "registry.example"));
    for (std::size_t length = 0; length < whole.size(); ++length) CHECK_FALSE(read_registry_events(whole.substr(0, length)).ok());
    std::string many = "{}";
    for (std::size_t i = 0; i < kMaxEvents - 1; ++i) many += ",{}";
    CHECK(read_registry_events(envelope(many)).ok());
    CHECK_FALSE(read_registry_events(envelope(many + ",{}")).ok());
}

TEST_CASE("a hub's repository is judged at its commit when its content changed") {
    const std::string commit(40, 'b');
    const std::string model = R"({"type":"model","name":"org/Model-1","headSha":")" + commit + R"("})";
    const std::string changed = R"({"action":"update","scope":"repo.content"})";
    const auto subjects = read_hub_event(hub(changed, model));
    REQUIRE(subjects.ok());
    CHECK(*subjects == std::vector<PushedSubject>{{"hf:org/Model-1@" + commit, "model"}});
    for (const char* const other : {R"({"action":"update","scope":"repo.config"})", R"({"action":"delete","scope":"repo"})", R"({"action":"create","scope":"discussion"})"}) {
        const auto nothing = read_hub_event(hub(other, model));
        REQUIRE(nothing.ok());
        CHECK(nothing->empty());
    }
    CHECK_FALSE(read_hub_event(hub(changed, R"({"type":"model","name":"org/x","headSha":"main"})")).ok());
    CHECK_FALSE(read_hub_event(hub(changed, R"({"type":"model","name":"org/x@y","headSha":")" + commit + R"("})")).ok());
    CHECK_FALSE(read_hub_event("[]").ok());
}

TEST_CASE("what waits is bounded, and done in its order") {
    std::promise<void> go;
    std::shared_future<void> gone = go.get_future().share();
    std::promise<void> begun;
    std::promise<void> ended;
    std::vector<std::string> judged;
    {
        EventQueue queue(
            [&](const std::vector<PushedSubject>& subjects) {
                if (judged.empty()) begun.set_value();
                judged.push_back(subjects[0].ref);
                gone.wait();
                if (judged.size() == 3) ended.set_value();
            },
            2);
        CHECK(queue.push({{"a", "model"}}));
        begun.get_future().wait();
        CHECK(queue.push({{"b", "model"}}));
        CHECK(queue.push({{"c", "model"}}));
        CHECK_FALSE(queue.push({{"d", "model"}}));
        go.set_value();
        ended.get_future().wait();
    }
    CHECK(judged == std::vector<std::string>{"a", "b", "c"});
}
