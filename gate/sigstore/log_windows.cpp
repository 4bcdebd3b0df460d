#include "sigstore/log_windows.hpp"

#include <algorithm>

namespace headgate::sigstore {

const LogInstance* find_log(const std::vector<LogInstance>& logs, const Bytes& id) {
    const auto log = std::find_if(logs.begin(), logs.end(), [&](const LogInstance& one) { return one.id == id; });
    return log == logs.end() ? nullptr : &*log;
}

bool in_use_at(const std::vector<LogInstance>& logs, const Bytes& id, Instant at) {
    return std::any_of(logs.begin(), logs.end(), [&](const LogInstance& one) { return one.id == id && one.valid_for.contains(at); });
}

}  // namespace headgate::sigstore
