// plugin_inputs.hpp: files of a subject as a plugin gets them: the bytes that were judged, and no others.
#pragma once

#include <span>
#include <vector>

#include "external/host.hpp"
#include "pipeline/plugins.hpp"

namespace headgate::pipeline {

/// Which window is closed, and how:
///
/// A file of up to 4 MiB (64 MiB in one call) is read into memory, hashed, compared with what was judged, and sealed: the plugin
/// reads that copy, whatever becomes of the file. A larger one is handed over as it lies there. Device, number, size and both times
/// must be those that it had when it was opened to be judged, now and when the call is over (unchanged()); so whoever writes to it
/// in between is noticed. Times move in steps, so a file that had changed within two seconds is hashed once more, afterwards.
/// What stays open: a writer that had the file mapped before it was judged can change its pages without a trace in the times, and
/// change them back. Who has such neighbours gives the gate files that nobody else can write.
class PluginInputs {
  public:
    static Result<PluginInputs> open(std::span<const JudgedFile> files);

    const std::vector<external::OpenFile>& files() const { return files_; }
    /// After the call. Error{io} when a file is not any more what was judged: then the answer is worth nothing.
    Result<void> unchanged() const;

  private:
    struct Large {
        std::size_t at = 0;              // in files_
        io::FileStamp stamp;
        bool fresh = false;
    };
    std::vector<io::Descriptor> descriptors_;
    std::vector<external::OpenFile> files_;
    std::vector<Large> large_;
};

}  // namespace headgate::pipeline
