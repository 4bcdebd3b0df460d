// protocol.hpp: the documents of the plugin protocol, version 1 (plugins/README.md): requests written, answers read.
//
// Whatever a plugin writes is hostile. An answer is read whole or is an Error{malformed} that says what is wrong with it: bytes
// behind the document, another protocol or request id, a member that is missing or of another type, a status that is none, a
// finding by a rule that the plugin has not described, about a file that the subject does not have, or more of anything than the
// limits below. Members that are not known are passed over: nothing that they could say loosens anything.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "codec/json.hpp"
#include "model/finding.hpp"
#include "model/kinds.hpp"
#include "model/plugin.hpp"
#include "model/subject.hpp"

namespace headgate::external {

inline constexpr std::int64_t kProtocol = 1;
inline constexpr std::size_t kMaxAnswer = 4U << 20U;       // bytes of one document
inline constexpr std::size_t kMaxFindings = 1000;          // of one answer
inline constexpr std::size_t kMaxRules = 500;
inline constexpr std::size_t kMaxName = 64;                // bytes: of a plugin, a version, data
inline constexpr std::size_t kMaxId = 128;                 // of a rule
inline constexpr std::size_t kMaxText = 4000;              // of a message, a why, a fix
inline constexpr std::size_t kMaxData = 100;

/// A file that a plugin is given, open for reading.
struct InputFile {
    std::string path;                    // within the subject; of data its name
    std::uint64_t size = 0;
    std::string sha256;                  // hex
    int number = -1;                     // of its descriptor in the plugin
};

/// One request to look at one subject, or at a part of its files where there are too many for one call.
struct CheckRequest {
    std::string id;
    const Subject* subject = nullptr;
    std::string tier;
    std::string settings = "{}";         // JSON
    std::vector<InputFile> files;
    std::size_t part = 1, parts = 1;
    std::vector<std::string> paths = {}; // of all parts, where there are several and not too many
};

/// What all requests of one call have in common.
struct CallFacts {
    std::int64_t deadline_ms = 5000;
    Instant now;
    bool offline = true;
    std::string policy_uri;
    std::string policy_digest;           // "sha256:<hex>"
    std::vector<InputFile> data;
};

/// Compact, the request id in front: a shell script may look for it with sed.
std::string describe_request(std::string_view id);
std::string check_request(const CheckRequest& request, const CallFacts& facts);

/// A rule of a plugin, as it describes it.
struct PluginRule {
    std::string id;                      // "yara.match": begins with the plugin's name and a '.'
    Severity severity = Severity::high;
    std::string why;
    std::string fix;
};

struct Description {
    std::string name;                    // lower case, digits, '-'
    std::string version;
    std::vector<Kind> kinds;             // what it can look at; at least one
    bool needs_network = false;
    std::vector<std::string> needs_data; // names that `data` of the policy must have
    bool batch = false;
    codec::Json settings_schema;         // null: it takes no settings
    std::vector<PluginRule> rules;       // at least one

    const PluginRule* find(std::string_view id) const;
};

enum class Status { error, partial, not_applicable, complete };

struct Answer {
    std::string id;
    Status status = Status::error;
    std::string message;                 // of an error: what it says itself; "" without
    std::vector<Finding> findings;
    std::uint64_t examined = 0;          // files
    std::vector<PluginData> data;
};

/// The answer to `describe`. `taken`: first words of findings that are the gate's own, and so nobody's name.
Result<Description> read_description(ByteView bytes, std::string_view id, std::span<const std::string> taken);

/// The answer to one `check`, and those to a batch, in the order of `requests`: each exactly once.
Result<Answer> read_answer(ByteView bytes, const CheckRequest& request, const Description& described);
Result<std::vector<Answer>> read_answers(ByteView bytes, std::span<const CheckRequest> requests, const Description& described);

}  // namespace headgate::external
