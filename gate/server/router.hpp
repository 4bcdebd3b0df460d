// router.hpp: which route a request is for, and the bytes of its answer. Routes are whole paths, as they are written: nothing is decoded, and
// nobody else reads the head than http_head.hpp.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

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
    void get(const std::string& path, Route route) { routes_[{path, "GET"}] = std::move(route); }
    void post(const std::string& path, Route route) { routes_[{path, "POST"}] = std::move(route); }

    /// The bytes of the response to a request: its head, complete, and all of its bytes, which nobody else needs. `received`: when the last one
    /// was there. A route that throws is a 500; a path without one, or asked in another way, a 404.
    std::string answer(const HttpHead& head, std::string request, const std::string& peer, bool keep_alive, Clock::time_point received = Clock::now()) const;

  private:
    std::map<std::pair<std::string, std::string>, Route> routes_;    // path, method
};

}  // namespace headgate::server
