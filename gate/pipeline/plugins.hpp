// plugins.hpp: plugins asked about the subjects of one run, before the rules are judged. Checkers are pure and see no file; what a
// plugin answered is handed to the judgement beside the evidence, and nothing but its findings gets there.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "io/file_stamp.hpp"
#include "model/checker.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/plan.hpp"

namespace headgate::pipeline {

/// What a rule asks about one subject. Two rules that ask the same share an answer.
struct PluginQuestion {
    std::string plugin;                  // its name in the policy
    std::string settings;                // JCS
    std::string tier;
    friend bool operator<(const PluginQuestion& a, const PluginQuestion& b) {
        return std::tie(a.plugin, a.settings, a.tier) < std::tie(b.plugin, b.settings, b.tier);
    }
};

struct PluginReply {
    enum class Came { nothing, partial, not_applicable, complete };
    Came came = Came::nothing;           // nothing: the plugin failed, or was not asked
    bool heard = false;                  // of any of its parts
    std::string reason;                  // what went wrong, or was left out
    std::vector<Finding> findings;
    std::shared_ptr<const PluginNote> note;
};
using PluginReplies = std::map<PluginQuestion, PluginReply>;

/// What the reply comes to under one rule.
CheckRun run_of(const PluginReply& reply, const Rule& rule);
/// What the rule asks, for a subject in this tier.
PluginQuestion question_of(const Rule& rule, const std::string& tier);

/// A file as it was judged.
struct JudgedFile {
    const FilePlan* plan = nullptr;
    std::string sha256;
    io::FileStamp stamp;
};

/// One subject (or a manifest inside another), what is asked about it, and where the replies go.
struct PluginTarget {
    const Subject* subject = nullptr;
    std::vector<JudgedFile> files;       // without signatures and attestations beside it
    std::vector<PluginQuestion> questions;
    PluginReplies replies;               // one for each question, afterwards
};

/// Asks everything, several plugins at a time, and several subjects at once of a plugin that takes batches.
void ask_plugins(const LoadedPolicy& loaded, const Request& request, std::span<PluginTarget> targets);

}  // namespace headgate::pipeline
