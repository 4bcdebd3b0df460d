// router.hpp: cpp-httplib as parser and router over whole requests in memory. It never owns a socket: its own limits leak
// (README.md of the house names how), so everything it sees has passed http_head.hpp.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/connection.hpp"

namespace headgate::server {

struct HttpRequest {
    std::string path;
    std::string body;
    std::string authorization;       // value of the header, "" without
    std::string content_type;
    std::string peer;
    std::string query = {};          // of the target, behind '?', as it was sent
    std::string webhook_secret = {}; // X-Webhook-Secret, "" without
    Clock::time_point received = Clock::now();   // when its last byte was there: what it waits for from then on is ours
};
struct HttpResponse {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
};
using Route = std::function<HttpResponse(const HttpRequest&)>;

class Router {
  public:
    Router();
    ~Router();
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    void get(const std::string& path, Route route);
    void post(const std::string& path, Route route);
    /// The bytes of the response to a request that read_http_head() found complete. `received`: when it was.
    std::string answer(std::string_view request, const std::string& peer, bool keep_alive, Clock::time_point received = Clock::now()) {
        return answer_taken(std::string(request), peer, keep_alive, received);
    }
    /// The same of a request that nobody else needs: its body goes to the route without a copy.
    std::string answer_taken(std::string request, const std::string& peer, bool keep_alive, Clock::time_point received);

  private:
    class Library;
    std::unique_ptr<Library> library_;
};

}  // namespace headgate::server
