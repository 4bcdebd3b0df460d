// grace_file.hpp: `serve --grace-file`: what was admitted outlives the process. One file of one server: written whole (0600) at most once a
// second, when there is something new, and at the end.
#pragma once

#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "pipeline/grace.hpp"

namespace headgate::server {

class GraceFile {
  public:
    /// `path`: "" for none.
    GraceFile(std::string path, pipeline::AdmittedBefore& admitted) : path_(std::move(path)), admitted_(admitted) {}

    /// Error{malformed, io}: nothing is remembered, and so nothing is excused; the file is replaced with what is admitted from now on. A file
    /// that is not there is none.
    Result<void> read();
    /// `window`: seconds for which the policy excuses; 0: it does not. Error{io}: it is tried again the next time.
    Result<void> write(Instant now, std::int64_t window);

  private:
    std::string path_;
    pipeline::AdmittedBefore& admitted_;
    std::string unwritten_;              // what could not be written; "" nothing
};

}  // namespace headgate::server
