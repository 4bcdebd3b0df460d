// Notifications of registries and hubs: what is read from them is bounded, and says what it names in full.
#include "fuzz/oracle.hpp"
#include "server/events.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate::server;
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    for (const auto& read : {read_registry_events, read_hub_event}) {
        const auto subjects = read(body);
        if (!subjects.ok()) {
            ORACLE(!subjects.error().message.empty());
            continue;
        }
        ORACLE(subjects->size() <= kMaxEvents);
        for (const PushedSubject& subject : *subjects) {
            const std::size_t at = subject.ref.find('@');
            ORACLE(at != std::string::npos && subject.ref.find('@', at + 1) == std::string::npos);
            ORACLE(subject.ref.find_first_of(std::string(" \n\"\\\0", 5)) == std::string::npos);
        }
    }
    return 0;
}
