#include "server/router.hpp"

#include <httplib.h>

#include <algorithm>
#include <map>
#include <utility>

namespace headgate::server {
namespace {

// One request to read, one response to collect.
class MemoryStream final : public httplib::Stream {
  public:
    MemoryStream(std::string_view head, std::string_view body, std::string peer) : request_(head), body_(body), peer_(std::move(peer)) {}

    bool is_readable() const override { return !request_.empty() || !body_.empty(); }
    bool is_writable() const override { return true; }
    ssize_t read(char* to, std::size_t size) override {
        if (request_.empty()) std::swap(request_, body_);
        const std::size_t count = std::min(size, request_.size());
        std::copy_n(request_.data(), count, to);
        request_.remove_prefix(count);
        return static_cast<ssize_t>(count);
    }
    ssize_t write(const char* from, std::size_t size) override {
        response_.append(from, size);
        return static_cast<ssize_t>(size);
    }
    void get_remote_ip_and_port(std::string& ip, int& port) const override {
        ip = peer_;
        port = 0;
    }
    void get_local_ip_and_port(std::string& ip, int& port) const override {
        ip.clear();
        port = 0;
    }
    socket_t socket() const override { return -1; }

    std::string take() { return std::move(response_); }

  private:
    std::string_view request_;       // what of it is read now
    std::string_view body_;          // what comes after
    std::string peer_;
    std::string response_;
};

// Of the request that this thread answers: the library hands nothing through to a route.
struct Answering {
    Clock::time_point received{};
    std::string body;
};
thread_local Answering answering;

}  // namespace

class Router::Library final : public httplib::Server {
  public:
    Library() {
        set_keep_alive_max_count(1'000'000);  // the door decides
        // Before the library would read the body into a string of its own, forms into parameters, and compare the path with one pattern after the
        // other: paths are whole here.
        set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
            const std::string_view method = request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
            const auto known = routes.find(std::pair<std::string_view, std::string_view>(method, request.path));
            if (known == routes.end()) return HandlerResponse::Unhandled;
            call(known->second, request, std::move(answering.body), response);
            return HandlerResponse::Handled;
        });
        set_exception_handler([](const httplib::Request&, httplib::Response& response, const std::exception_ptr&) {
            response.status = 500;
            response.set_content("{\"error\":\"internal error\"}\n", "application/json");
        });
        set_error_handler([](const httplib::Request&, httplib::Response& response) {
            if (response.body.empty()) {
                response.set_content(response.status == 404 ? "{\"error\":\"no such route, or not with this method\"}\n"
                                                            : "{\"error\":\"refused\"}\n",
                                     "application/json");
            }
        });
    }

    using Place = std::pair<std::string, std::string>;       // method, path
    struct Less {
        using is_transparent = void;
        template <typename A, typename B>
        bool operator()(const A& a, const B& b) const {
            const int order = std::string_view(a.second).compare(b.second);
            return order != 0 ? order < 0 : std::string_view(a.first) < std::string_view(b.first);
        }
    };
    std::map<Place, Route, Less> routes;

    static void call(const Route& route, const httplib::Request& request, std::string body, httplib::Response& response) {
        const std::size_t mark = request.target.find('?');
        const HttpResponse answer = route({request.path, std::move(body), request.get_header_value("Authorization"),
                                           request.get_header_value("Content-Type"), request.remote_addr,
                                           mark == std::string::npos ? std::string() : request.target.substr(mark + 1),
                                           request.get_header_value("X-Webhook-Secret"), answering.received});
        response.status = answer.status;
        if (answer.status == 401) response.set_header("WWW-Authenticate", "Bearer");
        if (answer.status == 503) response.set_header("Retry-After", "1");
        response.set_content(answer.body, answer.content_type);
    }

    std::string answer(std::string request, const std::string& peer, bool keep_alive, Clock::time_point received) {
        // Of exactly the length that its head states, or the door had not taken it (http_head.hpp).
        const std::size_t end = request.find("\r\n\r\n");
        const std::size_t head_bytes = end == std::string::npos ? request.size() : end + 4;
        const std::string head = request.substr(0, head_bytes);
        request.erase(0, head_bytes);
        answering = {received, std::move(request)};
        MemoryStream stream(head, answering.body, peer);
        bool closed = false;
        process_request(stream, !keep_alive, closed, nullptr);
        answering = {};
        std::string response = stream.take();
        // The door has said it already, before the body came.
        constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
        if (response.starts_with(kContinue)) response.erase(0, kContinue.size());
        return response;
    }
};

Router::Router() : library_(std::make_unique<Library>()) {}
Router::~Router() = default;

void Router::get(const std::string& path, Route route) { library_->routes[{"GET", path}] = std::move(route); }
void Router::post(const std::string& path, Route route) { library_->routes[{"POST", path}] = std::move(route); }

std::string Router::answer_taken(std::string request, const std::string& peer, bool keep_alive, Clock::time_point received) {
    return library_->answer(std::move(request), peer, keep_alive, received);
}

}  // namespace headgate::server
