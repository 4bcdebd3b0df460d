// file_stamp.hpp: which file it is, and when it last changed: enough to see that it is still the one that was read.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace headgate::io {

struct FileStamp {
    std::uint64_t device = 0, number = 0, size = 0;
    std::int64_t modified_s = 0, modified_ns = 0, changed_s = 0, changed_ns = 0;
    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

/// Of an open regular file; `name` is for messages. Error{io}.
Result<FileStamp> stamp_of(int descriptor, const std::string& name);

/// Whether it changed so shortly before now that a further change may not show in its times: they move in steps.
bool is_fresh(const FileStamp& stamp);

}  // namespace headgate::io
