#include "server/policy_holder.hpp"

#include <sys/stat.h>

namespace headgate::server {

Result<void> PolicyHolder::reload(Instant now) {
    auto loaded = load_();
    const std::scoped_lock lock(mutex_);
    if (!loaded.ok()) {
        ++failures_;
        if (warning_.empty()) stale_since_ = now;
        warning_ = "the newest policy does not load, the last good one is in force: " + loaded.error().message;
        return loaded.error();
    }
    policy_ = std::make_shared<const pipeline::LoadedPolicy>(std::move(loaded).value());
    warning_.clear();
    return {};
}

PolicyHolder::View PolicyHolder::view() const {
    const std::scoped_lock lock(mutex_);
    return {policy_, warning_};
}

bool PolicyHolder::ready(Instant now) const {
    const std::scoped_lock lock(mutex_);
    if (policy_ == nullptr) return false;
    return warning_.empty() || max_stale_ == 0 || now.seconds - stale_since_.seconds <= max_stale_;
}

std::uint64_t PolicyHolder::failures() const {
    const std::scoped_lock lock(mutex_);
    return failures_;
}

std::vector<std::string> FileWatch::read() const {
    std::vector<std::string> stamps;
    std::vector<std::string> all = paths_;
    all.insert(all.end(), more_.begin(), more_.end());
    for (const std::string& path : all) {
        struct stat status {};
        if (::stat(path.c_str(), &status) != 0) {
            stamps.emplace_back("absent");
            continue;
        }
        stamps.push_back(std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) + ":" +
                         std::to_string(status.st_size) + ":" + std::to_string(status.st_ctim.tv_sec) + ":" +
                         std::to_string(status.st_ctim.tv_nsec));
    }
    return stamps;
}

bool FileWatch::follow(std::vector<std::string> more) {
    if (more == more_) return false;
    more_ = std::move(more);
    stamps_ = read();
    return true;
}

bool FileWatch::changed() {
    std::vector<std::string> now = read();
    const bool differs = now != stamps_;
    stamps_ = std::move(now);
    return differs;
}

}  // namespace headgate::server
