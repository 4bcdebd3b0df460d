#include "formats/pickle.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "formats/pickle_opcodes.hpp"
#include "formats/pickle_vm.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kJunk = 256;          // bytes behind a STOP that are searched for another stream
constexpr std::uint32_t kMostStreams = 1000;
constexpr std::uint64_t kGuessSteps = 200'000;

bool named_like_pickle(std::string_view name) {
    static constexpr std::string_view kEndings[] = {".pkl", ".pickle", ".p",   ".pck",  ".joblib", ".pt", ".pth",
                                                    ".ckpt", ".bin",   ".dat", ".dill", ".model",  ".data"};
    const std::string lower = ascii_lower(name);
    return std::any_of(std::begin(kEndings), std::end(kEndings), [&](std::string_view ending) { return lower.ends_with(ending); });
}

bool identifier(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    });
}

/// Names that random numbers do not spell.
bool printable(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

/// What a run from the start finds, without telling anybody.
struct Guess {
    StreamEnd end;
    bool imports = false;   // names that could be Python's
    bool odd = false;       // or could not
    bool calls = false;     // of something imported: persistent ids stop a plain unpickler
    bool stopped() const { return end.status == StreamEnd::Status::stopped; }
    bool unfinished() const { return end.status == StreamEnd::Status::limit; }   // every opcode so far was one
};
Guess guess(ByteSource& source) {
    Limits limits;
    limits.steps = kGuessSteps;
    Budget budget(limits);
    Evidence evidence;
    ParseContext context{limits, budget, evidence, "", "", 0, nullptr};
    PickleFacts facts(context);
    PickleVm machine(source, facts);
    machine.guess();
    Guess result;
    result.end = machine.run(0);
    for (const Import& import : evidence.imports) {
        (identifier(import.module) && identifier(import.name) ? result.imports : result.odd) = true;
    }
    const bool computed = std::any_of(evidence.findings.begin(), evidence.findings.end(), [](const Finding& finding) { return finding.id == "pickle.computed-global"; });
    if (computed) result.imports = true;
    result.calls = computed || std::any_of(evidence.calls.begin(), evidence.calls.end(), [](const Call& call) {
        return call.how != Call::How::persistent && !call.callee.empty();
    });
    return result;
}

/// Opcodes that a stream without PROTO can begin with.
bool begins_stream(std::uint8_t first) {
    static constexpr std::string_view kFirst = "(]}l)ctNIJKLMFGSTUVXiBCP\x85\x86\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x95\x96\x97\x82\x83\x84";
    return kFirst.find(static_cast<char>(first)) != std::string_view::npos;
}

class Streams {
  public:
    Streams(ByteSource& source, ParseContext& context, bool arrays) : source_(source), facts_(context), arrays_(arrays) {}

    Examined run(std::uint64_t begin) {
        std::uint64_t end = 0;
        if (!one(begin, end)) return Examined::partly;
        if (end < source_.size()) trailing(end);
        return examined_;
    }

  private:
    /// True if the stream stopped at `end`.
    bool one(std::uint64_t begin, std::uint64_t& end) {
        PickleVm machine(source_, facts_);
        if (!arrays_) machine.without_arrays();
        const StreamEnd ended = machine.run(begin);
        end = ended.at;
        if (machine.passed_arrays()) as_plain_pickle(begin);
        switch (ended.status) {
            case StreamEnd::Status::stopped: return true;
            case StreamEnd::Status::broken:
                facts_.finding("broken", "the stream breaks off: " + ended.why, ended.at,
                               "An unpickler runs everything up to this point before it fails; what follows is not read.");
                break;
            case StreamEnd::Status::limit: facts_.unscannable("the stream is not read to its end: " + ended.why, ended.at); break;
            case StreamEnd::Status::unreadable: break;
        }
        examined_ = Examined::partly;
        return false;
    }

    // pickle.load knows no inline arrays and runs their bytes as opcodes. Numbers soon stop it; what imports something there, or calls
    // otherwise than the rest of the file does, is a trick.
    void as_plain_pickle(std::uint64_t begin) {
        ParseContext& outer = facts_.context();
        Evidence evidence;
        ParseContext apart{outer.limits, outer.budget, evidence, outer.path, outer.member, outer.depth, outer.sha256_hex};
        PickleFacts facts(apart);
        PickleVm machine(source_, facts);
        machine.without_arrays();
        machine.guess();
        if (const StreamEnd ended = machine.run(begin); ended.status == StreamEnd::Status::limit) {
            facts_.unscannable("what pickle.load makes of its arrays is not read to the end: " + ended.why, ended.at);
            examined_ = Examined::partly;
        }
        std::set<std::string> known;
        for (const Import& import : outer.evidence.imports) known.insert(import.module + "\n" + import.name);
        const auto in_array = [&](std::string what, const Location& where) {
            facts_.finding("code-in-array", "the memory of an array " + std::move(what) + " when pickle reads it", where.offset.value_or(begin),
                           "joblib skips these bytes as numbers, pickle.load runs them as opcodes.", Severity::critical);
        };
        for (Import& import : evidence.imports) {
            if (!printable(import.module) || !printable(import.name) || !known.insert(import.module + "\n" + import.name).second) continue;
            in_array("imports \"" + import.module + "." + import.name + "\"", import.where);
            outer.evidence.imports.push_back(std::move(import));
        }
        const auto key = [](const Call& call) {
            std::string text = std::to_string(static_cast<int>(call.how)) + call.callee;
            for (const std::string& argument : call.arguments) text += "\n" + std::to_string(argument.size()) + " " + argument;
            return text;
        };
        std::set<std::string> calls;
        for (const Call& call : outer.evidence.calls) calls.insert(key(call));
        for (const Call& call : evidence.calls) {
            if (call.callee.empty() || call.how == Call::How::build || calls.contains(key(call))) continue;
            in_array("calls \"" + call.callee + "\"", call.where);
        }
        for (const Finding& finding : evidence.findings) {
            if (finding.id == "pickle.computed-global") in_array("imports what it computes", finding.where);
        }
    }

    // models.md 2.2 rule 12: nothing belongs behind the STOP of a generic pickle; look on all the same.
    void trailing(std::uint64_t end) {
        facts_.finding("trailing-bytes", std::to_string(source_.size() - end) + " bytes follow the end of the pickle", end,
                       "pickle.load stops at the first STOP, other readers go on: two readers load two different things.");
        for (std::uint32_t streams = 0; end < source_.size(); ++streams) {
            if (streams >= kMostStreams) {
                facts_.unscannable("more than " + std::to_string(kMostStreams) + " streams follow each other", end);
                examined_ = Examined::partly;
                return;
            }
            const auto begin = next_stream(end);
            if (!begin) {
                examined_ = Examined::partly;
                return;
            }
            if (!one(*begin, end)) return;
        }
    }

    std::optional<std::uint64_t> next_stream(std::uint64_t end) {
        const auto view = source_.view(end, std::min(kJunk + 2, source_.size() - end));
        if (!view) return std::nullopt;
        if (begins_stream((*view)[0])) return end;
        for (std::size_t i = 0; i + 1 < view->size(); ++i) {
            if ((*view)[i] == op::kProto && (*view)[i + 1] <= 5) return end + i;
        }
        return std::nullopt;
    }

    ByteSource& source_;
    PickleFacts facts_;
    bool arrays_;
    Examined examined_ = Examined::whole;
};

}  // namespace

bool sniff_pickle(ByteSource& source, std::string_view name) {
    const auto head = source.view(0, std::min<std::uint64_t>(2, source.size()));
    if (!head || head->empty()) return false;
    const bool named = named_like_pickle(name);
    if ((*head)[0] == op::kProto) return head->size() == 2 && ((*head)[1] <= 5 || named);
    if (!begins_stream((*head)[0])) return false;
    const Guess found = guess(source);
    if (found.unfinished()) return true;
    if (named) return found.stopped() || found.imports || found.calls;
    // Text may look like opcodes for a while; not to its end, and not with Python's names in it. Names that Python's own source could
    // not spell import all the same ("site-packages"), so that they never speak for text where something is called.
    if (found.imports && (found.stopped() || found.calls)) return true;
    if (found.odd) return found.calls && found.stopped();
    return found.stopped() && found.end.at == source.size() && source.size() > 16;
}

bool loads_as_pickle(ByteSource& source) {
    const auto head = source.view(0, std::min<std::uint64_t>(1, source.size()));
    if (!head || head->empty()) return false;
    const std::uint8_t first = (*head)[0];
    if (first == op::kPersId || (first != op::kProto && !begins_stream(first))) return false;   // "PK": no plain unpickler goes on
    const Guess found = guess(source);
    return found.imports || found.calls || found.unfinished();
}

Examined parse_pickle(ByteSource& source, ParseContext& context) { return parse_pickle(source, context, {}); }

Examined parse_pickle(ByteSource& source, ParseContext& context, const PickleOptions& options) {
    if (options.format_fact) context.format("pickle");
    return Streams(source, context, options.arrays).run(options.begin);
}

}  // namespace headgate::formats
