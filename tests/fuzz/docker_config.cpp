// docker's configuration, and what helpers and token services answer: credentials go to the host that they are written for, and no other.
#include "base/bytes.hpp"
#include "fuzz/oracle.hpp"
#include "io/docker_config.hpp"
#include "io/registry_token.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    const ByteView bytes{data, size};
    const auto token = io::parse_token_answer(bytes);
    ORACLE(!token.ok() || (!token->text.empty() && token->text.find_first_of("\r\n ") == std::string::npos && token->lifetime <= io::kMaxTokenLifetime));
    static_cast<void>(io::parse_helper_answer(bytes));

    const auto config = io::parse_docker_config(bytes);
    if (!config.ok()) {
        ORACLE(config.error().code == ErrorCode::malformed);
        return 0;
    }
    ORACLE(config->entries.size() <= io::kMaxDockerEntries);
    ORACLE(config->store.find_first_of("/ \n") == std::string::npos);
    for (const io::DockerConfig::Entry& entry : config->entries) {
        ORACLE(!entry.host.empty() && entry.host.find('/') == std::string::npos && entry.helper.find_first_of("/ \n") == std::string::npos);
        const auto own = io::find_credentials(*config, entry.host, entry.path.empty() ? "x" : entry.path);
        ORACLE(entry.credentials.empty() || !own.credentials.empty() || !own.helper.empty());
        const auto elsewhere = io::find_credentials(*config, entry.host + ".other", "x");
        bool there = false;
        for (const io::DockerConfig::Entry& other : config->entries) there = there || other.host == entry.host + ".other";
        ORACLE(there || (elsewhere.credentials.empty() && elsewhere.helper == config->store));
    }
    return 0;
}
