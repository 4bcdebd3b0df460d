// HTTP responses: the same bytes read the same, however they arrive and wherever the body goes; no body is over its limit; what is done
// stays done.
#include "base/bytes.hpp"
#include "fuzz/oracle.hpp"
#include "io/http_response.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    constexpr std::uint64_t kLimit = 4096;
    const std::string_view text = as_text({data, size});
    const auto read = [&](std::size_t piece, io::HttpResponseReader& reader) {
        for (std::size_t at = 0; at < text.size(); at += piece) {
            const auto fed = reader.feed(text.substr(at, piece));
            if (!fed.ok()) return fed.error().message;
        }
        const auto ended = reader.end();
        return ended.ok() ? std::string() : ended.error().message;
    };
    io::HttpResponseReader whole(kLimit, true);
    io::HttpResponseReader pieces(kLimit, true);
    const std::string at_once = read(text.size() + 1, whole);
    const std::string by_bytes = read(1, pieces);
    ORACLE(at_once.empty() == by_bytes.empty());
    ORACLE(whole.response().body.size() <= kLimit);
    std::string taken;
    io::HttpResponseReader handed_on(kLimit, true, [&](std::string_view body) {
        taken += body;
        return Result<void>();
    });
    const std::string by_sink = read(7, handed_on);
    ORACLE(taken.size() <= kLimit);
    if (at_once.empty() && whole.response().status == 200) ORACLE(by_sink.empty() && taken == whole.response().body && handed_on.response().body.empty());
    ORACLE(!whole.reusable() || at_once.empty());
    if (at_once.empty()) {
        ORACLE(whole.done() && whole.response().status >= 200 && whole.response().status <= 599);
        ORACLE(whole.response().body == pieces.response().body && whole.response().headers.size() == pieces.response().headers.size());
    }
    return 0;
}
