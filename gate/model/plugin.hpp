// plugin.hpp: an external checker as the policy names it, and what a verdict says about the one that ran.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace headgate {

/// One entry of the policy's section `plugins`.
struct PluginSpec {
    /// A file that is run or handed over only if it has this digest.
    struct File {
        std::string name;                // of data: how the plugin asks for it; "" of the program
        std::string path;                // relative to the policy file
        std::string sha256;              // hex
        std::string place;               // "org.yaml:12:5", of `path`
        std::string sha256_place;
    };

    std::string name;
    File program;
    std::vector<File> data;              // by name
    bool network = false;
    std::int64_t timeout = 5;            // seconds for one call
    std::vector<std::string> pass_env;   // variables of the host that it may see
    std::string line;                    // "org.yaml:12"
};

/// Data that a plugin says it used: a list of licences, rules. Its word, not ours.
struct PluginData {
    std::string name;
    std::string as_of;                   // RFC 3339; "" without
    std::string sha256;                  // hex; "" without
    friend bool operator==(const PluginData&, const PluginData&) = default;
};

/// Which plugin answered.
struct PluginNote {
    std::string name;                    // in the policy
    std::string program;                 // as it calls itself; "" when it could not be asked
    std::string version;
    std::string sha256;                  // hex, of the executable that ran
    std::vector<PluginData> given;       // data that the policy hands to it, by their digests
    std::vector<PluginData> used;        // what it reports itself
    std::vector<std::string> uncontained;   // what of the containment the kernel lacks (sandbox: best-effort)
    friend bool operator==(const PluginNote&, const PluginNote&) = default;
};

}  // namespace headgate
