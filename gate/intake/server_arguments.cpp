#include "intake/server_arguments.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "intake/named.hpp"

namespace headgate::intake::servers {
namespace {

bool is_option(std::string_view word) {
    return word.size() > 1 && word[0] == '-' && !(word[1] >= '0' && word[1] <= '9');
}

/// org/name, and nothing that is plainly a file; or what a scheme names.
bool looks_like_a_name(std::string_view word) {
    constexpr std::array<std::string_view, 10> kFiles = {".json", ".jsonl", ".yaml", ".yml", ".py", ".jinja", ".txt", ".sh", ".toml", ".log"};
    if (std::any_of(kFiles.begin(), kFiles.end(), [&](std::string_view ending) { return word.ends_with(ending); })) return false;
    if (word.find("://") != std::string_view::npos) return !word.starts_with("http");
    return std::count(word.begin(), word.end(), '/') == 1 && !word.starts_with('/') && !word.ends_with('/') && !is_local_path(word);
}

/// Each of their values counts, and not the last alone.
bool is_list(Form form) {
    return form == Form::adapters || form == Form::place || form == Form::archives || form == Form::preset || form == Form::list;
}
/// Several words may stand behind the option.
bool takes_many(Form form) { return form == Form::adapters || form == Form::archives; }

class Reader {
  public:
    Reader(const Server& server, bool operands) : server_(server), operands_(operands && server.operand) {}

    void words(const std::vector<std::string>& words) {
        bool options = true;
        for (std::size_t at = 0; at < words.size(); ++at) {
            if (options && words[at] == "--") {
                options = false;
            } else if (options && is_option(words[at])) {
                option(words, at);
            } else {
                operand(words[at]);
            }
        }
    }

    void variables(const Value& value) {
        for (const auto& [name, number] : server_.variables) {
            const auto text = value(name);
            if (!text || text->empty()) continue;
            const Option& row = server_.options[number];
            if (row.use == Use::pin) {
                pin(row.slot, *text, true);
            } else if (row.use == Use::code || row.use == Use::code_value) {
                if (!is_plainly_false(*text)) read_.code.push_back(name);
            } else {
                apply(row, number + server_.options.size(), name, *text);   // of its own: an option does not take its place here
            }
        }
        scope(value);
    }

    Arguments finish() {
        const bool named = !values_.empty();
        if (!operand_ && operands_) {     // it may stand behind an option that is not known
            for (const std::string& word : doubtful_) {
                const Option& row = server_.options[*server_.operand];
                const bool plain = row.form == Form::hub || row.form == Form::quantised || row.form == Form::place;
                const bool counts = word.find('$') != std::string::npos ? !named : plain ? looks_like_a_name(word) : !named;
                if (!counts) continue;
                name(row, *server_.operand, word, true);
                break;
            }
        }
        for (const Given& one : values_) {
            read_.names.push_back({one.text, one.form, revision_of(one), one.inferred});
        }
        for (const auto& [slot, other] : server_.follows) follow(slot, other);
        return std::move(read_);
    }

  private:
    struct Given {
        std::string slot;
        std::string text;
        Form form = Form::hub;
        bool inferred = false;
    };
    struct Pin {
        std::string slot;
        std::string text;
    };

    void option(const std::vector<std::string>& words, std::size_t& at) {
        const std::string& word = words[at];
        const std::size_t equals = word.find('=');
        std::string flag = word.substr(0, equals);
        std::optional<std::string> attached;
        if (equals != std::string::npos) attached = word.substr(equals + 1);
        const auto next = [&]() -> const std::string* { return at + 1 < words.size() && !is_option(words[at + 1]) ? &words[at + 1] : nullptr; };
        if (is_switch(flag)) {
            switches_.insert_or_assign(plain_flag(flag), attached ? *attached : next() != nullptr ? words[++at] : std::string("true"));
            return;
        }
        const Option* row = server_.option(flag);
        if (row == nullptr && word[1] != '-' && word.size() > 2) {       // "-mURI"
            row = server_.option(std::string_view(word).substr(0, 2));
            flag = word.substr(0, 2);
            if (row != nullptr) attached = word.substr(word[2] == '=' ? 3 : 2);
        }
        if (row == nullptr) {
            if (!attached && next() != nullptr) doubtful_.push_back(words[++at]);
            return;
        }
        const auto number = static_cast<std::size_t>(row - server_.options.data());
        if (row->use == Use::name && row->form == Form::preset) return name(*row, number, flag, false);
        if (row->use == Use::none || row->use == Use::code || row->use == Use::code_value) return flag_alone(*row, flag, attached, next(), at);
        if (row->use == Use::values || (row->use == Use::name && takes_many(row->form))) {
            if (attached) apply(*row, number, flag, *attached);
            for (; next() != nullptr; ++at) apply(*row, number, flag, words[at + 1]);
            return;
        }
        if (attached) return apply(*row, number, flag, *attached);
        if (next() != nullptr) apply(*row, number, flag, words[++at]);
    }

    bool is_switch(const std::string& flag) const {
        const auto holds = [plain = plain_flag(flag)](const std::vector<std::string>& list) { return std::find(list.begin(), list.end(), plain) != list.end(); };
        return holds(server_.scope_when) || holds(server_.scope_unless);
    }

    void scope(const Value& value) {
        const auto each = [&](const std::vector<std::string>& list, Arguments::Scope set) {
            for (const std::string& name : list) {
                const auto given = switches_.find(name);
                const auto text = given != switches_.end() ? std::optional(given->second) : value(name);
                if (!text || read_.scope == Arguments::Scope::unknown) continue;
                if (text->find('$') != std::string::npos || is_template(*text)) {
                    read_.scope = Arguments::Scope::unknown;
                } else if (!is_plainly_false(*text)) {
                    read_.scope = set;
                }
            }
        };
        if (!server_.scope_unless.empty()) read_.scope = Arguments::Scope::yes;
        each(server_.scope_when, Arguments::Scope::yes);
        each(server_.scope_unless, Arguments::Scope::no);
    }

    void flag_alone(const Option& row, const std::string& flag, const std::optional<std::string>& attached, const std::string* next, std::size_t& at) {
        const bool said = !attached && next != nullptr && (is_plainly_false(*next) || ascii_lower(*next) == "true");
        const bool value = said && row.use != Use::code;
        if (row.use != Use::none) {
            const bool off = attached ? !attached->empty() && is_plainly_false(*attached) : value && is_plainly_false(*next);
            if (!off) read_.code.push_back(flag);
        }
        if (value) ++at;
    }

    void apply(const Option& row, std::size_t number, const std::string& written, const std::string& value) {
        switch (row.use) {
            case Use::name: return name(row, number, value, row.inferred);
            case Use::pin: return pin(row.slot, value, false);
            case Use::file: read_.file = value; return;
            case Use::kind: read_.kind = ascii_lower(value); return;
            case Use::source: read_.sources.push_back({row.slot, written, value}); return;
            default: return;
        }
    }

    /// Of an option that stands there several times the last counts.
    void name(const Option& row, std::size_t place, const std::string& value, bool inferred) {
        if (value.empty() || std::find(server_.nothing.begin(), server_.nothing.end(), value) != server_.nothing.end()) return;
        const auto [known, added] = last_.try_emplace(place, values_.size());
        if (!added && !is_list(row.form)) {
            values_[known->second].text = value;
        } else {
            values_.push_back({row.slot, value, row.form, inferred || row.inferred});
        }
    }

    /// What an option says counts before what a variable does.
    void pin(const std::string& slot, const std::string& value, bool weaker) {
        for (Pin& one : pins_) {
            if (one.slot != slot) continue;
            if (!weaker) one.text = value;
            return;
        }
        pins_.push_back({slot, value});
    }
    const Pin* pin_of(std::string_view slot) const {
        for (const Pin& one : pins_) {
            if (one.slot == slot) return &one;
        }
        return nullptr;
    }

    std::string revision_of(const Given& one) const {
        if (const Pin* own = pin_of(one.slot)) return own->text;
        for (const auto& [slot, other] : server_.follows) {
            const auto is_it = [&](const Given& given) { return given.slot == other && given.text == one.text; };
            const bool same = slot == one.slot && std::any_of(values_.begin(), values_.end(), is_it);
            const Pin* const pin = same ? pin_of(other) : nullptr;
            if (pin != nullptr) return pin->text;
        }
        return {};
    }

    /// "--code-revision main": of what the other slot names, at another revision.
    void follow(const std::string& slot, const std::string& other) {
        const Pin* const pin = pin_of(slot);
        const bool named = std::any_of(values_.begin(), values_.end(), [&](const Given& given) { return given.slot == slot; });
        if (pin == nullptr || named) return;
        for (const Given& given : values_) {
            if (given.slot == other && revision_of(given) != pin->text) read_.names.push_back({given.text, given.form, pin->text, given.inferred});
        }
    }

    void operand(const std::string& word) {
        if (!operands_ || operand_ || word.empty()) return;
        operand_ = word;
        name(server_.options[*server_.operand], *server_.operand, word, false);
    }

    const Server& server_;
    bool operands_;
    Arguments read_;
    std::vector<Given> values_;
    std::map<std::size_t, std::size_t> last_;              // row, and the value that it gave
    std::map<std::string, std::string, std::less<>> switches_;   // options that say whose names are meant
    std::vector<Pin> pins_;
    std::optional<std::string> operand_;
    std::vector<std::string> doubtful_;  // behind an option that is not known: its value, or an operand
};

}  // namespace

Arguments read_arguments_of(const Server& server, const std::vector<std::string>& words, bool operands, const Value& variable) {
    Reader reader(server, operands);
    reader.words(words);
    reader.variables(variable);
    return reader.finish();
}

bool is_plainly_false(std::string_view value) {
    constexpr std::array<std::string_view, 7> kFalse = {"", "false", "no", "off", "0", "none", "null"};
    const std::string lower = ascii_lower(trim(value));
    return std::find(kFalse.begin(), kFalse.end(), lower) != kFalse.end();
}

}  // namespace headgate::intake::servers
