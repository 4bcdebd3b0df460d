// Dockerfile: every construct that pulls an image: FROM, COPY --from, RUN --mount from=, # syntax=, ONBUILD of these; what ADD fetches
// from the network; what RUN installs by name; and the models that RUN, CMD, ENTRYPOINT and HEALTHCHECK name.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "codec/tree.hpp"
#include "intake/all.hpp"
#include "intake/dockerfile_lines.hpp"
#include "intake/dockerfile_stage.hpp"
#include "intake/environment.hpp"
#include "intake/named.hpp"
#include "intake/shell_installs.hpp"

namespace headgate::intake {
namespace {

using namespace dockerfile;

constexpr std::array<std::string_view, 19> kInstructions = {
    "ADD",    "ARG",  "CMD",     "COPY", "ENTRYPOINT", "ENV",        "EXPOSE", "FROM",   "HEALTHCHECK", "LABEL",
    "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR", "MAINTAINER", "INCLUDE"};

constexpr std::size_t kMostValue = 1U << 16U;      // bytes that one value comes to: a line of BuildKit is no longer
constexpr std::size_t kMostValues = 1U << 24U;     // and all of a file: values are made of values, so that a short file may name a lot

constexpr std::array<std::string_view, 8> kPlatforms = {"TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT",
                                                        "BUILDPLATFORM",  "BUILDOS",  "BUILDARCH",  "BUILDVARIANT"};

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_char(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

/// A word as the shell has it: without quotes and escapes. A "\$" stays, so that nothing is put in its place.
std::string unquoted(std::string_view text) {
    std::string plain;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
            if (text[i + 1] == '$') plain += c;
            plain += text[++i];
        } else if (quote != 0 && c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else {
            plain += c;
        }
    }
    return plain;
}

class Reader {
  public:
    explicit Reader(IntakeContext& context) : context_(context) {}

    bool read(const Document& document) {
        if (!document.syntax.empty()) image(document.syntax, document.syntax_line, "# syntax=");
        bool any_from = false;
        for (const Instruction& instruction : document.instructions) {
            if (!context_.room()) return false;
            if (instruction.name == "FROM") any_from = true;
            apply(instruction);
        }
        end_stage();
        if (!document.instructions.empty() && !any_from) opaque("no FROM: this is no Dockerfile that builds", 1);
        return understood_;
    }

  private:
    void opaque(std::string why, std::uint32_t line) {
        context_.opaque(std::move(why), context_.at_line(line));
        understood_ = false;
    }

    void apply(const Instruction& instruction) {
        bool known = false;
        for (const std::string_view name : kInstructions) known = known || name == instruction.name;
        for (const std::string& flag : instruction.flags) {
            // White space of other scripts parts flags for some readers.
            const bool plain = std::all_of(flag.begin(), flag.end(), [](char c) { return c >= ' ' && c <= '~'; });
            if (!plain) return opaque("a flag with characters that are not ASCII", instruction.line);
        }
        line_ = instruction.line;
        if (!known) return opaque("instruction '" + instruction.name.substr(0, 40) + "' is not known", instruction.line);
        if (instruction.name == "ARG" && stages_.empty()) return arg(instruction);
        if (instruction.name == "FROM") return from(instruction);
        if (instruction.name == "ONBUILD") return onbuild(instruction);
        if (instruction.name == "COPY" || instruction.name == "ADD") return copy(instruction);
        if (instruction.name == "RUN") return run(instruction);
        if (instruction.name == "ARG" || instruction.name == "ENV") return variables(instruction);
        if (instruction.name == "SHELL") return shell_of(instruction);
        if (instruction.name == "CMD" || instruction.name == "ENTRYPOINT") return starts(instruction);
        if (instruction.name == "HEALTHCHECK") return asks_for_health(instruction);
        if (instruction.name == "INCLUDE") return opaque("INCLUDE brings in instructions from elsewhere", instruction.line);
    }

    /// Global build arguments: only those before the first FROM are seen by FROM.
    void arg(const Instruction& instruction) {
        for (const std::string& word : words(instruction.rest)) {
            const std::size_t equals = word.find('=');
            const std::string name = word.substr(0, equals);
            if (equals == std::string::npos) {
                arguments_.erase(name);
                continue;
            }
            const auto value = expand(unquoted(std::string_view(word).substr(equals + 1)), arguments_);
            if (value) {
                arguments_.insert_or_assign(name, *value);
            } else {
                arguments_.erase(name);
            }
        }
    }

    void from(const Instruction& instruction) {
        const std::vector<std::string> parts = words(instruction.rest);
        const bool named = parts.size() == 3 && ascii_lower(parts[1]) == "as";
        if (parts.size() != 1 && !named) return opaque("FROM that is not 'FROM image [AS name]'", instruction.line);
        for (const std::string& flag : instruction.flags) {
            if (!flag.starts_with("--platform=")) opaque("FROM with the flag " + flag, instruction.line);
        }
        image_or_stage(unquoted(parts[0]), instruction.line, "FROM");
        end_stage();
        begin_stage(unquoted(parts[0]));
        stages_.push_back(named ? ascii_lower(parts[2]) : std::string());
        if (named) stage_names_.insert(stages_.back());
        variables_.clear();
        variable_bytes_ = 0;
    }

    /// A stage that is made from another runs what that one does, until something else is said.
    void begin_stage(const std::string& name) {
        const auto image = expand(name, arguments_);
        const auto before = image ? runs_.find(ascii_lower(*image)) : runs_.end();
        run_ = {};
        if (before != runs_.end() && !spent_ && spend(before->second.bytes())) run_ = before->second;
        if (before == runs_.end() && image) run_.image = *image;
        run_.changed = false;
    }
    void end_stage() {
        read_starts();
        if (!run_.record(context_)) understood_ = false;
        if (!stages_.empty() && !stages_.back().empty()) runs_.insert_or_assign(stages_.back(), std::exchange(run_, {}));
    }

    /// CMD and ENTRYPOINT: what they install when they start, and at the end of the stage, together, the models that they name.
    void starts(const Instruction& instruction) {
        run_.set(instruction.name == "ENTRYPOINT", instruction.rest, instruction.line);
        shell_script(instruction, instruction.rest);
    }
    /// HEALTHCHECK CMD ..., HEALTHCHECK NONE
    void asks_for_health(const Instruction& instruction) {
        const std::string_view rest = trim(instruction.rest);
        if (ascii_lower(rest.substr(0, 3)) != "cmd") return;
        const std::string script(trim(rest.substr(3)));
        shell_script(instruction, script);
        models_in(shell_form(script), {}, instruction.line);
    }
    void shell_script(const Instruction& instruction, const std::string& script) {
        if (!shell_known_ && !is_list(script)) return opaque(instruction.name + " with a SHELL that is not known: what it does cannot be told", instruction.line);
        starts_.emplace_back(shell_form(script), instruction.line);
    }
    /// What a container runs, it runs when all of the files are there.
    void read_starts() {
        const auto startup = variables_.find("BASH_ENV");
        if (startup != variables_.end() && startup->second.find('\'') == std::string::npos) starts_.emplace_back(". '" + startup->second + "'", line_);
        for (const auto& [script, line] : std::exchange(starts_, {})) {
            if (!shell::read_installs(script, line, lookup(), context_, {}, &files_)) understood_ = false;
        }
    }
    void models_in(const std::string& script, const std::vector<std::string>& documents, std::uint32_t line) {
        if (!may_name_models(script, documents)) return;
        if (spend(variable_bytes_) && !record_script(script, documents, variables_, line, context_)) understood_ = false;
    }

    shell::Lookup lookup() {
        return [this](std::string_view name) {
            const auto known = variables_.find(name);
            return known != variables_.end() && spend(known->second.size()) ? std::optional(known->second) : std::nullopt;
        };
    }

    void set_variable(const std::string& name, const std::optional<std::string>& value) {
        const auto before = variables_.find(name);
        if (before != variables_.end()) {
            variable_bytes_ -= name.size() + before->second.size();
            variables_.erase(before);
        }
        if (!value) return;
        variable_bytes_ += name.size() + value->size();
        variables_.emplace(name, *value);
    }

    /// Of the stage: RUN sees both. ARG NAME=value, ENV NAME=value ..., ENV NAME value; ARG NAME alone is the global one of that name.
    void variables(const Instruction& instruction) {
        std::vector<std::string> parts = words(instruction.rest);
        if (instruction.name == "ENV" && !parts.empty() && parts.front().find('=') == std::string::npos) {
            const std::string& name = parts.front();
            parts = {name + "=" + std::string(trim(std::string_view(instruction.rest).substr(name.size())))};
        }
        for (const std::string& part : parts) {
            const std::size_t equals = part.find('=');
            const std::string name = part.substr(0, equals);
            const auto global = arguments_.find(name);
            if (equals == std::string::npos && global == arguments_.end()) continue;
            const std::string written = equals == std::string::npos ? global->second : unquoted(std::string_view(part).substr(equals + 1));
            const auto value = expand(written, variables_);
            if (!add_variable(name, value.value_or(""), !value, instruction.line, context_)) understood_ = false;
            set_variable(name, value);
            if (instruction.name != "ENV") continue;
            run_.environment.insert_or_assign(name, value.value_or("$(" + name + ")"));
            run_.changed = true;
            run_.line = instruction.line;
        }
    }

    void onbuild(const Instruction& instruction) {
        if (depth_ > 0) return opaque("ONBUILD inside ONBUILD", instruction.line);
        const std::string text = instruction.rest;
        Instruction inner = split_instruction(text, instruction.line);
        inner.bodies = instruction.bodies;
        ++depth_;
        apply(inner);
        --depth_;
    }

    void copy(const Instruction& instruction) {
        std::string checksum;
        for (const std::string& flag : instruction.flags) {
            if (flag.starts_with("--from=")) image_or_stage(flag.substr(7), instruction.line, "--from=", false);
            if (flag.starts_with("--checksum=")) checksum = flag.substr(11);
        }
        documents(instruction);
        const bool of_stage = std::any_of(instruction.flags.begin(), instruction.flags.end(), [](const std::string& flag) { return flag.starts_with("--from="); });
        if (instruction.name != "ADD" && !of_stage) return;
        std::vector<std::string> parts;
        if (const auto list = codec::parse_json_tree(as_bytes(instruction.rest)); instruction.rest.starts_with('[') && list && list->is_array()) {
            for (const codec::Tree& item : list->items) parts.push_back(item.text);   // ["src", "dest"]
        } else {
            for (const std::string& word : words(instruction.rest)) parts.push_back(unquoted(word));
        }
        const std::string to = parts.empty() ? std::string() : parts.back();
        if (!parts.empty()) parts.pop_back();  // the destination
        for (const std::string& part : parts) {
            if (of_stage && !files_.copy(part, to)) opaque("more files, or longer ones, than anybody writes in a Dockerfile", instruction.line);
        }
        if (instruction.name != "ADD") return;
        for (const std::string& part : parts) {
            const auto place = expand(part, variables_);
            remote(place.value_or(part), checksum, instruction.line);
        }
    }

    /// COPY <<NAME ... DESTINATION: a file that a RUN further down may run.
    void documents(const Instruction& instruction) {
        const std::vector<std::string> parts = words(instruction.rest);
        if (instruction.bodies.empty() || parts.size() < 2) return;
        const std::string to = unquoted(parts.back());
        std::size_t number = 0;
        for (const std::string& part : parts) {
            const std::string name = unquoted(part);
            if (!name.starts_with("<<") || number >= instruction.bodies.size()) continue;
            shell::WrittenFile file;
            file.script = instruction.bodies[number++];
            const std::string end = name.substr(std::min(name.find_first_not_of("<-"), name.size()));
            if (!files_.add(to.ends_with('/') ? to + end : to, file)) opaque("more files, or longer ones, than anybody writes in a Dockerfile", instruction.line);
        }
    }

    void run(const Instruction& instruction) {
        for (const std::string& flag : instruction.flags) {
            if (!flag.starts_with("--mount=")) continue;
            std::string value = flag.substr(8);   // fields of CSV, which has quotes of its own
            std::erase(value, '"');
            for (const std::string_view field : split(value, ',')) {
                if (ascii_lower(field.substr(0, 5)) == "from=") {
                    image_or_stage(std::string(field.substr(5)), instruction.line, "--mount from=", false);
                }
            }
        }
        const bool list = is_list(instruction.rest);
        if (!shell_known_ && !list) return opaque("RUN with a SHELL that is not known: what it does cannot be told", instruction.line);
        const auto script = [&](const std::string& text, const std::vector<std::string>& documents) {
            if (!shell::read_installs(text, instruction.line, lookup(), context_, documents, &files_)) understood_ = false;
            models_in(text, documents, instruction.line);
        };
        // "RUN <<EOF" runs what stands there, as its first line says; other commands read it, or write it to a file.
        const bool alone = trim(instruction.rest).starts_with("<<") && words(instruction.rest).size() == instruction.bodies.size();
        if (!alone) return script(shell_form(instruction.rest), instruction.bodies);
        for (const std::string& body : instruction.bodies) {
            const std::size_t end = std::min(body.find('\n'), body.size());
            if (!body.starts_with("#!")) {
                script(body, {});
            } else {
                script(body.substr(2, end - 2) + " <<E", {body});
            }
        }
    }

    static bool is_list(std::string_view text) {
        if (!trim(text).starts_with('[')) return false;
        const auto list = codec::parse_json_tree(as_bytes(text));
        return list && list->is_array();
    }

    /// ["/bin/bash", "-o", "pipefail", "-c"]
    void shell_of(const Instruction& instruction) {
        const auto list = codec::parse_json_tree(as_bytes(instruction.rest));
        std::vector<std::string> parts;
        if (list && list->is_array()) {
            for (const codec::Tree& item : list->items) parts.push_back(item.text);
        }
        shell_known_ = shell::runs_text(parts);
    }

    /// ["pip", "install", "x"] as the shell would be given it.
    static std::string shell_form(const std::string& text) {
        if (!trim(text).starts_with('[')) return text;
        const auto list = codec::parse_json_tree(as_bytes(text));
        if (!list || !list->is_array()) return text;
        std::string line;
        for (const codec::Tree& item : list->items) {
            line += '\'';
            for (const char c : item.text) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
            line += "' ";
        }
        return line;
    }

    /// ADD of a URL or git repository: fetched at build time.
    void remote(const std::string& text, const std::string& checksum, std::uint32_t line) {
        const std::size_t at = text.find('@');
        const std::size_t colon = text.find(':');
        const bool scp = at != std::string::npos && at > 0 && colon != std::string::npos && colon > at && text.find('/') > colon;
        if (text.find("://") == std::string::npos && !scp && text.find('$') == std::string::npos) return;
        Requirement requirement;
        requirement.where = context_.at_line(line);
        requirement.written = text;
        requirement.url = text;
        const std::string place = text.substr(0, text.find('#'));
        const bool git = scp || place.ends_with(".git") || text.starts_with("git");
        requirement.source = git ? Requirement::Source::git : Requirement::Source::url;
        if (checksum.starts_with("sha256:") && is_lower_hex(std::string_view(checksum).substr(7), 64)) {
            requirement.integrity.push_back(checksum);
            requirement.pinned = true;
        }
        auto reference = text.find('$') == std::string::npos ? parse_reference(place)
                                                             : Result<Reference>(Error{ErrorCode::malformed, "computed"});
        if (reference) {
            requirement.reference = std::move(*reference);
        } else {
            requirement.dynamic = true;
            requirement.reference = computed("https", "", "https://?");
        }
        context_.evidence.requirements.push_back(std::move(requirement));
    }

    void image_or_stage(const std::string& name, std::uint32_t line, std::string_view by, bool expands = true) {
        if (name.empty()) return opaque(std::string(by) + " names no image", line);
        const auto expanded = expands ? expand(name, arguments_) : (name.find('$') == std::string::npos ? std::optional(name) : std::nullopt);
        if (expands && !expanded && is_stage_by_platform(name)) return;
        if (!expanded || expanded->empty()) return dynamic(name, line);
        const std::string lower = ascii_lower(*expanded);
        if (stage_names_.contains(lower)) return;
        bool digits = true;
        for (const char c : lower) digits = digits && c >= '0' && c <= '9';
        if (digits && by != "FROM" && lower.size() < 5 && static_cast<std::size_t>(std::stoul(lower)) < stages_.size()) return;
        if (lower == "scratch" && by == "FROM") return;
        image(*expanded, line, by);
    }

    /// "build-${TARGETARCH}": one of the stages above, whatever the platform. (Where there is none for it, it is an official image.)
    bool is_stage_by_platform(std::string_view name) {
        const auto pattern = expand(name, arguments_, true);
        if (!pattern || pattern->find_first_of("/:@") != std::string::npos) return false;
        if (compared_ == 0) return false;             // of so many stages nobody is sure: the image is one that is not known
        const std::string lower = ascii_lower(*pattern);
        return std::any_of(stages_.begin(), stages_.end(), [&](const std::string& stage) {
            const std::size_t cost = lower.size() + stage.size();
            compared_ -= std::min(cost, compared_);
            return compared_ > 0 && !stage.empty() && glob_matches(lower, stage);
        });
    }

    void dynamic(const std::string& written, std::uint32_t line) { record_unknown("oci", written, context_.at_line(line), context_); }

    void image(const std::string& written, std::uint32_t line, std::string_view by) {
        if (!record_image(written, context_.at_line(line), by, context_, true)) understood_ = false;
    }

    /// $NAME, ${NAME}, ${NAME:-word}, ${NAME:+word}; nullopt when a value is not known here, or, with an Opaque, is too long.
    std::optional<std::string> expand(std::string_view text, const Variables& values, bool any_platform = false) {
        std::string result;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (result.size() > kMostValue) break;
            if (text[i] == '\\' && i + 1 < text.size()) {
                result += text[++i];
                continue;
            }
            if (text[i] != '$') {
                result += text[i];
                continue;
            }
            const bool braces = i + 1 < text.size() && text[i + 1] == '{';
            std::size_t at = i + (braces ? 2 : 1);
            const std::size_t begin = at;
            while (at < text.size() && is_name_char(text[at])) ++at;
            const std::string_view name = text.substr(begin, at - begin);
            if (name.empty() || !is_name_start(name[0])) return std::nullopt;
            const auto known = values.find(name);
            const bool defined = known != values.end();
            const bool platform = any_platform && !defined && std::find(kPlatforms.begin(), kPlatforms.end(), name) != kPlatforms.end();
            const std::string_view value = defined ? std::string_view(known->second) : platform ? "*" : "";
            const bool set = !value.empty();
            if (!braces) {
                if (!set) return std::nullopt;
                result += value;
                i = at - 1;
                continue;
            }
            const std::size_t close = text.find('}', at);
            if (close == std::string_view::npos) return std::nullopt;
            std::string_view modifier = text.substr(at, close - at);
            if (modifier.find('$') != std::string_view::npos) return std::nullopt;
            // Without ':' a variable that is empty counts as set.
            const std::string_view word = modifier.substr(modifier.starts_with(':') ? std::min<std::size_t>(2, modifier.size()) : std::min<std::size_t>(1, modifier.size()));
            if (modifier.starts_with(":-") || modifier.starts_with('-')) {
                result += set || (modifier.starts_with('-') && defined) ? value : word;
            } else if (modifier.starts_with(":+") || modifier.starts_with('+')) {
                if (set || (modifier.starts_with('+') && defined)) result += word;
            } else if (modifier.empty() && set) {
                result += value;
            } else {
                return std::nullopt;
            }
            i = close;
        }
        if (result.size() <= kMostValue && spend(result.size())) return result;
        if (result.size() > kMostValue) opaque("a value of more than 65536 bytes", line_);
        return std::nullopt;
    }

    /// False, with an Opaque once, when values have come to more than anybody writes.
    bool spend(std::size_t bytes) {
        if (bytes <= left_) {
            left_ -= bytes;
            return true;
        }
        if (!std::exchange(spent_, true)) opaque("variables that come to more than 16 MiB", line_);
        return false;
    }

    IntakeContext& context_;
    Variables arguments_;                // before the first FROM
    Variables variables_;                // of the stage
    std::size_t variable_bytes_ = 0;     // that they come to, with their names
    std::vector<std::string> stages_;
    std::set<std::string, std::less<>> stage_names_;
    StageRun run_;                       // of the stage at hand
    std::map<std::string, StageRun, std::less<>> runs_;   // of those above that have a name
    shell::WrittenFiles files_;          // by here-documents, and by RUN
    std::vector<std::pair<std::string, std::uint32_t>> starts_;   // CMD, ENTRYPOINT, HEALTHCHECK of the stage: scripts and their lines
    std::uint32_t line_ = 0;             // of the instruction at hand
    std::size_t left_ = kMostValues;
    std::size_t compared_ = kMostValues;  // bytes of names of stages, for images whose name has the platform in it
    bool spent_ = false;
    bool shell_known_ = true;            // of every stage from here on: one may be made from another
    bool understood_ = true;
    int depth_ = 0;
};

}  // namespace

bool matches_dockerfile(std::string_view file_name) {
    const std::string name = ascii_lower(file_name);
    return name == "dockerfile" || name == "containerfile" || name.starts_with("dockerfile.") ||
           name.starts_with("containerfile.") || name.ends_with(".dockerfile");
}

bool dockerfile::read_all(ByteView bytes, IntakeContext& context) {
    const std::size_t opaques = context.evidence.opaques.size();
    const auto document = read(bytes, context);
    if (!document) return false;
    const bool understood = Reader(context).read(*document);
    return understood && context.evidence.opaques.size() == opaques;
}

bool parse_dockerfile(ByteView bytes, IntakeContext& context) {
    context.format("Dockerfile");
    return dockerfile::read_all(bytes, context);
}

}  // namespace headgate::intake
