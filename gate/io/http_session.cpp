#include "io/http_session.hpp"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include "io/http_connection.hpp"
#include "io/http_exchange.hpp"

namespace headgate::io {

class HttpSession::Pool {
  public:
    explicit Pool(const HttpSessionOptions& options) : options_(options) {}

    /// Waits for a turn. False after the deadline.
    bool enter(const std::string& origin, Clock::time_point deadline) {
        std::unique_lock lock(mutex_);
        Origin& one = origins_[origin];
        ++one.waiting;
        const bool free = turn_.wait_until(lock, deadline, [&] { return one.busy < options_.connections; });
        --one.waiting;
        if (free) ++one.busy;
        forget(origin);
        return free;
    }
    void leave(const std::string& origin) {
        const std::lock_guard lock(mutex_);
        --origins_[origin].busy;
        forget(origin);
        turn_.notify_all();
    }
    /// The one that was used last.
    std::optional<HttpConnection> take(const std::string& origin) {
        const std::lock_guard lock(mutex_);
        auto& kept = origins_[origin].kept;
        while (!kept.empty()) {
            Kept last = std::move(kept.back());
            kept.pop_back();
            --kept_;
            if (Clock::now() < last.until && last.connection.fresh()) return std::move(last.connection);
        }
        return std::nullopt;
    }
    void give(const std::string& origin, HttpConnection connection) {
        const std::lock_guard lock(mutex_);
        if (kept_ >= options_.kept_in_all) drop_oldest();
        origins_[origin].kept.push_back({std::move(connection), Clock::now() + options_.kept});
        ++kept_;
    }

    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> connections{0};
    HttpOptions http;

  private:
    struct Kept {
        HttpConnection connection;
        Clock::time_point until;
    };
    struct Origin {
        std::size_t busy = 0;
        std::size_t waiting = 0;
        std::vector<Kept> kept;          // the oldest first
    };

    // Origins are named by strangers: nothing stays of one that is not in use.
    void forget(const std::string& origin) {
        const auto found = origins_.find(origin);
        if (found != origins_.end() && found->second.busy == 0 && found->second.waiting == 0 && found->second.kept.empty()) origins_.erase(found);
    }
    void drop_oldest() {
        auto oldest = origins_.end();
        for (auto one = origins_.begin(); one != origins_.end(); ++one) {
            if (one->second.kept.empty()) continue;
            if (oldest == origins_.end() || one->second.kept.front().until < oldest->second.kept.front().until) oldest = one;
        }
        if (oldest == origins_.end()) return;
        oldest->second.kept.erase(oldest->second.kept.begin());
        --kept_;
        forget(std::string(oldest->first));
    }

    HttpSessionOptions options_;
    std::mutex mutex_;
    std::condition_variable turn_;
    std::map<std::string, Origin> origins_;
    std::size_t kept_ = 0;
};

HttpSession::HttpSession(std::unique_ptr<Pool> pool) : pool_(std::move(pool)) {}
HttpSession::~HttpSession() = default;
std::uint64_t HttpSession::requests() const { return pool_->requests; }
std::uint64_t HttpSession::connections() const { return pool_->connections; }

Result<std::unique_ptr<HttpSession>> HttpSession::open(const HttpSessionOptions& options) {
    auto pool = std::make_unique<Pool>(options);
    pool->http.connect = options.connect;
    pool->http.idle = options.idle;
    pool->http.trust = TRY(crypto::TlsTrust::load(options.further_authorities, true));
    pool->http.guard = std::make_shared<const AddressGuard>(options.allowed_hosts);
    return std::unique_ptr<HttpSession>(new HttpSession(std::move(pool)));
}

Result<HttpResponse> HttpSession::send(const HttpRequest& request, Clock::time_point deadline, std::uint64_t body_limit, const HttpBodySink& sink) {
    TRY_VOID(check_http_request(request));
    const Url url = TRY(parse_url(request.url));
    const std::string origin = url.origin();
    const auto about = [&](const Error& error) { return Error{error.code, request.method + " " + url.shown() + ": " + error.message}; };
    if (!pool_->enter(origin, deadline)) return about({ErrorCode::deadline, "too many requests to this server at once"});
    const std::shared_ptr<void> turn(nullptr, [&](void*) { pool_->leave(origin); });
    const bool repeatable = request.method == "GET" || request.method == "HEAD";
    std::optional<HttpConnection> connection = repeatable ? pool_->take(origin) : std::nullopt;
    for (;;) {
        const bool used_before = connection.has_value();
        if (used_before) {
            connection->wait_until(deadline);
        } else {
            auto opened = HttpConnection::open(url, pool_->http, deadline);
            if (!opened.ok()) return about(opened.error());
            connection.emplace(std::move(*opened));
            ++pool_->connections;
        }
        ++pool_->requests;
        HttpResponseReader reader(body_limit, request.method != "HEAD", sink);
        bool heard = false;
        const auto done = exchange_over(*connection, request, url, HttpAfter::keep, reader, &heard);
        if (done.ok()) {
            if (reader.reusable()) pool_->give(origin, std::move(*connection));
            return std::move(reader.response());
        }
        if (!used_before || heard || done.error().code == ErrorCode::deadline) return about(done.error());
        connection.reset();
    }
}

}  // namespace headgate::io
