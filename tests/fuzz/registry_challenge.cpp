// Header fields of registries: what is read is by the letter and within its limits; what is written again reads as the same.
#include "base/bytes.hpp"
#include "fuzz/oracle.hpp"
#include "io/registry_challenge.hpp"
#include "io/registry_headers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    const std::string_view text = as_text({data, size});
    const auto next = io::next_link(text);
    ORACLE(next.ok() || next.error().code == ErrorCode::malformed);
    if (next.ok()) ORACLE(next->empty() || text.find("<" + *next + ">") != std::string_view::npos);
    const auto wait = io::retry_after(text, Instant{1'700'000'000});
    ORACLE(!wait || (*wait >= 0 && *wait <= io::kMaxRetryAfter));

    const auto read = io::parse_challenges(text);
    if (!read.ok()) {
        ORACLE(read.error().code == ErrorCode::malformed);
        return 0;
    }
    ORACLE(!read->empty() && read->size() <= io::kMaxChallenges);
    std::string written;
    for (const io::AuthChallenge& one : *read) {
        ORACLE(one.parameters.size() <= io::kMaxChallengeParameters && (one.token68.empty() || one.parameters.empty()));
        written += (written.empty() ? "" : ", ") + one.scheme + (one.token68.empty() ? "" : " " + one.token68);
        const char* before = " ";
        for (const auto& [name, value] : one.parameters) {
            written += before + name + "=\"";
            for (const char c : value) {
                if (c == '"' || c == '\\') written += '\\';
                written += c;
            }
            written += '"';
            before = ", ";
        }
    }
    if (written.size() > io::kMaxChallenge) return 0;
    const auto again = io::parse_challenges(written);
    ORACLE(again.ok() && again->size() == read->size());
    for (std::size_t i = 0; i < read->size(); ++i) {
        ORACLE((*again)[i].scheme == (*read)[i].scheme && (*again)[i].token68 == (*read)[i].token68 && (*again)[i].parameters == (*read)[i].parameters);
    }
    return 0;
}
