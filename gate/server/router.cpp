#include "server/router.hpp"

#include <algorithm>

#include "server/http_response.hpp"

namespace headgate::server {

std::string Router::answer(const HttpHead& head, std::string request, const std::string& peer, bool keep_alive, Clock::time_point received) const {
    const std::size_t mark = std::min(head.target.find('?'), head.target.size());
    HttpRequest asked;
    asked.path = head.target.substr(0, mark);
    const bool only_head = head.method == "HEAD";
    const auto route = routes_.find({asked.path, only_head ? "GET" : head.method});
    if (route == routes_.end()) return error_response(404, "no such route, or not with this method", keep_alive, !only_head);
    request.erase(0, head.head_bytes);
    asked.body = std::move(request);
    asked.authorization = head.authorization;
    asked.content_type = head.content_type;
    asked.peer = peer;
    if (mark < head.target.size()) asked.query = head.target.substr(mark + 1);
    asked.webhook_secret = head.webhook_secret;
    asked.received = received;
    HttpResponse response;
    try {
        response = route->second(asked);
    } catch (...) {
        return error_response(500, "internal error", keep_alive, !only_head);
    }
    return http_response(response.status, response.content_type, response.body, keep_alive, !only_head);
}

}  // namespace headgate::server
