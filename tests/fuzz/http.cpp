// Oracle: a head is incomplete, refused with a status and a reason, or complete and within the limits; bytes that arrive
// behind a complete head change nothing; a request that the head let through is answered once, by the route of exactly its method and
// path, which has exactly its body.

#include "fuzz/oracle.hpp"
#include "server/router.hpp"

using namespace headgate;
using namespace headgate::server;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static std::string seen_body;
    static Router* const router = [] {
        auto* const made = new Router;
        made->post("/v1/evaluate", [](const HttpRequest& request) {
            seen_body = request.body;
            return HttpResponse{200, "{}", "application/json"};
        });
        return made;
    }();

    const HttpLimits limits;
    const std::string received(reinterpret_cast<const char*>(data), size);
    const HttpHead head = read_http_head(received, limits);
    if (head.state == HttpHead::State::incomplete) {
        ORACLE(received.find("\r\n\r\n") == std::string::npos && size <= limits.head_bytes);
        return 0;
    }
    if (head.state == HttpHead::State::refused) {
        ORACLE(head.status >= 400 && head.status < 600 && !head.reason.empty() && !head.keep_alive);
        return 0;
    }
    ORACLE(head.head_bytes <= size && head.head_bytes <= limits.head_bytes && head.body_bytes <= limits.body_bytes);
    ORACLE(head.target.starts_with('/') && head.target.size() <= limits.target_bytes);
    const HttpHead more = read_http_head(received + "\r\nContent-Length: 9\r\n\r\n", limits);
    ORACLE(more.state == head.state && more.head_bytes == head.head_bytes && more.body_bytes == head.body_bytes);

    if (head.body_bytes > size - head.head_bytes) return 0;
    const std::string request = received.substr(0, head.head_bytes + static_cast<std::size_t>(head.body_bytes));
    seen_body.clear();
    const std::string response = router->answer(head, request, "127.0.0.1", head.keep_alive);
    ORACLE(response.starts_with("HTTP/1.1 "));
    const bool ours = response.starts_with("HTTP/1.1 200");
    ORACLE(ours == (head.method == "POST" && head.target.substr(0, head.target.find('?')) == "/v1/evaluate"));
    if (ours) ORACLE(seen_body == request.substr(head.head_bytes));
    return 0;
}
