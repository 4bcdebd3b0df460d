// The guard over namespaces: an answer is a review with the request's uid; a namespace that bears the label is let through by its name alone.
#include "codec/tree.hpp"
#include "fuzz/oracle.hpp"
#include "server/namespace_guard.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    const std::string body(reinterpret_cast<const char*>(data), size);
    const std::vector<std::string> skippable = {"sandbox"};
    const auto answer = server::answer_namespace_review(body, skippable);
    if (!answer.ok()) {
        ORACLE(!answer.error().message.empty());
        return 0;
    }
    const auto tree = codec::parse_json_tree(as_bytes(*answer));
    ORACLE(tree.ok());
    const auto decision = server::guard_namespace(body, skippable);
    ORACLE(decision.ok() && !decision->uid.empty());
    ORACLE(decision->allowed == decision->message.empty());
    // Naming more namespaces never denies what was allowed.
    const auto fewer = server::guard_namespace(body, {});
    ORACLE(fewer.ok() && (!fewer->allowed || decision->allowed));
    return 0;
}
