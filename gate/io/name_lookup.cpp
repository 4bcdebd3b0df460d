#include "io/name_lookup.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

namespace headgate::io {
namespace {

std::atomic<int> lookups_now{0};

// What the waiting one and the thread share; the last of them frees it.
struct Lookup {
    std::mutex mutex;
    std::condition_variable heard;
    bool done = false;
    int code = 0;
    Addresses found;
};

int resolve_now(const std::string& host, int port, int flags, Addresses& found) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | flags;
    addrinfo* list = nullptr;
    const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    if (code == 0) found.reset(list);
    return code;
}

Error no_address(const std::string& why) { return {ErrorCode::io, "the host's name has no address: " + why}; }

}  // namespace

void FreeAddresses::operator()(addrinfo* list) const { ::freeaddrinfo(list); }

Result<Addresses> look_up(const std::string& host, int port, std::chrono::steady_clock::time_point deadline) {
    Addresses written;
    if (resolve_now(host, port, AI_NUMERICHOST, written) == 0) return written;
    if (lookups_now.fetch_add(1) >= kMaxLookups) {
        lookups_now.fetch_sub(1);
        return Error{ErrorCode::io, "too many names are being looked up at once"};
    }
    const auto lookup = std::make_shared<Lookup>();
    try {
        std::thread([lookup, host, port] {
            Addresses found;
            const int code = resolve_now(host, port, 0, found);
            lookups_now.fetch_sub(1);
            const std::lock_guard lock(lookup->mutex);
            lookup->code = code;
            lookup->found = std::move(found);
            lookup->done = true;
            lookup->heard.notify_all();
        }).detach();
    } catch (const std::system_error&) {
        lookups_now.fetch_sub(1);
        return Error{ErrorCode::io, "no thread could be had to look up the host's name"};
    }
    std::unique_lock lock(lookup->mutex);
    if (!lookup->heard.wait_until(lock, deadline, [&] { return lookup->done; })) return Error{ErrorCode::deadline, "the host's name was not found out in time"};
    if (lookup->code != 0) return no_address(::gai_strerror(lookup->code));
    return std::move(lookup->found);
}

}  // namespace headgate::io
