// yaml.cpp: yaml-cpp's Parser behind an EventHandler that refuses everything the policy language does not need.
//
// What yaml-cpp 0.7 would mend or misread is checked on the bytes before it sees them: UTF-16, a BOM, malformed UTF-8,
// NUL and other control characters, directives, tabs as indentation. Its parser recurses per level, but tells the
// handler before it descends: the handler's exception bounds the depth. Marks count bytes of the input.
#include "codec/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <unordered_map>
#include <unordered_set>

#include "base/text.hpp"

namespace headgate::codec {
namespace {

constexpr std::size_t kFewKeys = 16;     // up to here a duplicate is sought by looking at every key
constexpr std::size_t kShownKey = 60;    // bytes of a key in a message
constexpr std::string_view kMerge = "<<";
constexpr std::string_view kTextTag = "tag:yaml.org,2002:str";
constexpr std::string_view kAlias = "aliases are not accepted; if text begins with '*', quote it";

// What yaml-cpp says, and what it means for somebody who wrote a policy. A text without an entry is passed on.
struct Saying {
    std::string_view theirs;
    std::string_view ours;
};
std::string in_our_words(const std::string& message) {
    static const Saying kSayings[] = {  // not constexpr, because theirs are not
        {YAML::ErrorMsg::UNKNOWN_ANCHOR, kAlias},
        {YAML::ErrorMsg::ALIAS_NOT_FOUND, kAlias},
        {YAML::ErrorMsg::CHAR_IN_ALIAS, kAlias},
        {YAML::ErrorMsg::UNKNOWN_TOKEN, "text cannot begin with this character; quote it"},
        {YAML::ErrorMsg::MAP_VALUE, "a ':' has no place here: quote text that holds ': ', and put a space behind the ':' of a key"},
        {YAML::ErrorMsg::MAP_KEY, "a key has no place here: is the line before it complete, and indented like its neighbours?"},
        {YAML::ErrorMsg::BLOCK_ENTRY, "a '-' has no place here: indent the items of a list alike"},
        {YAML::ErrorMsg::END_OF_SEQ, "the list above is broken off here: indent its items alike, and close every quote"},
        {YAML::ErrorMsg::END_OF_MAP, "the mapping above is broken off here: indent its keys alike, and close every quote"},
        {YAML::ErrorMsg::END_OF_SEQ_FLOW, "a '[' is not closed, or a ',' is missing"},
        {YAML::ErrorMsg::END_OF_MAP_FLOW, "a '{' is not closed, or a ',' is missing"},
        {YAML::ErrorMsg::FLOW_END, "this does not close what was opened last: '[' goes with ']', '{' with '}'"},
        {YAML::ErrorMsg::EOF_IN_SCALAR, "a quote is not closed"},
    };
    for (const Saying& saying : kSayings) {
        if (saying.theirs == message) return std::string(saying.ours);
    }
    return message;
}

// Thrown by the handler through yaml-cpp, caught in parse_yaml: never leaves this file.
struct Refused {
    YAML::Mark mark;
    std::string message;
};

// A tag of the core schema on a node of its own kind: it says what the node is anyway.
bool says_its_type(const Yaml& value, std::string_view tag) {
    constexpr std::string_view kCore = "tag:yaml.org,2002:";
    if (!tag.starts_with(kCore)) return false;
    tag.remove_prefix(kCore.size());
    if (value.is_mapping()) return tag == "map";
    if (value.is_sequence()) return tag == "seq";
    return tag == "str" || tag == "int" || tag == "float" || tag == "bool" || tag == "null";
}

Error malformed_at(std::size_t line, std::size_t column, const std::string& message) {
    return {ErrorCode::malformed, std::to_string(line) + ":" + std::to_string(column) + ": " + message};
}

// What is wrong with one line, and at which byte; nullopt: nothing.
struct LineFault {
    std::size_t at;
    std::string_view message;
};

std::optional<LineFault> fault_of_line(std::string_view line) {
    if (line.starts_with('%')) return LineFault{0, "directives (%YAML, %TAG) are not accepted"};
    bool indentation = true;
    std::optional<std::size_t> tab;
    for (std::size_t at = 0; at < line.size();) {
        const std::string_view rest = line.substr(at);
        const auto byte = static_cast<std::uint8_t>(rest.front());
        if (byte == '\r' && rest.size() == 1) break;
        if ((byte < 0x20 && byte != '\t') || byte == 0x7F) return LineFault{at, "a control character is not accepted"};
        if (indentation && byte == '\t' && !tab) tab = at;
        if (indentation && byte != ' ' && byte != '\t') {
            indentation = false;
            if (tab) return LineFault{*tab, "a tab as indentation; YAML is indented by spaces"};
        }
        const std::size_t length = utf8_sequence(rest);
        if (length == 0) return LineFault{at, "not UTF-8"};
        const bool c1 = byte == 0xC2 && static_cast<std::uint8_t>(rest[1]) < 0xA0;
        if (c1) return LineFault{at, "a control character is not accepted"};
        if (rest.starts_with("\xEF\xBB\xBF")) return LineFault{at, "a byte order mark is not accepted"};
        at += length;
    }
    return std::nullopt;
}

Result<void> check_bytes(std::string_view text, const YamlLimits& limits) {
    if (text.size() > limits.bytes) {
        return malformed_at(1, 1, "longer than " + std::to_string(limits.bytes) + " bytes");
    }
    if (text.starts_with("\xFE\xFF") || text.starts_with("\xFF\xFE")) {
        return malformed_at(1, 1, "UTF-16 is not accepted; save as UTF-8");
    }
    std::size_t number = 1;
    for (std::size_t begin = 0; begin < text.size(); ++number) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        if (const auto fault = fault_of_line(text.substr(begin, end - begin))) {
            return malformed_at(number, fault->at + 1, std::string(fault->message));
        }
        begin = end + 1;
    }
    return {};
}

// Builds the tree from events; the innermost open collection is the back of `open_`.
class Builder final : public YAML::EventHandler {
  public:
    Builder(std::string_view text, const YamlLimits& limits) : text_(text), limits_(limits) {}

    Yaml take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        if (!limits_.aliases) throw Refused{mark, std::string(kAlias)};
        if (at_key()) throw Refused{mark, "a key must be text"};
        const auto known = anchors_.find(anchor);
        if (known == anchors_.end()) throw Refused{mark, "an alias of what it stands in"};
        if (open_.size() + known->second.depth > limits_.depth) throw Refused{mark, "nested deeper than " + std::to_string(limits_.depth) + " levels"};
        spend(mark, known->second);
        add(Yaml(known->second.node));
    }
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        check_properties(mark, "?", anchor);
        if (at_key()) throw Refused{mark, "a key must be text"};
        finish(mark, node(mark, Yaml::Type::null), {}, anchor);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        check_properties(mark, tag, anchor);
        Yaml scalar = node(mark, Yaml::Type::scalar);
        const char first = character(mark);
        scalar.quoted = first == '"' || first == '\'' || first == '|' || first == '>' || tag == "!" || tag == kTextTag;
        if (at_key()) return start_entry(mark, value, scalar.quoted);
        scalar.text = value;
        finish(mark, std::move(scalar), tag, anchor);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Yaml::Type::sequence);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Yaml::Type::mapping);
    }
    void OnMapEnd() override { close(); }

  private:
    struct Open {
        Yaml node;
        bool has_key = false;                    // of a mapping: the last entry waits for its value
        std::unordered_set<std::string> keys;    // filled only beyond kFewKeys
        bool merges = false;                     // of a mapping: it has a merge key
        std::string tag = {};
        YAML::anchor_t anchor = 0;
        YAML::Mark mark = {};
    };
    /// What an anchor stands for, and what a copy of it costs.
    struct Anchored {
        Yaml node;
        std::uint64_t nodes = 0;
        std::uint64_t bytes = 0;
        std::uint32_t depth = 0;
    };

    char character(const YAML::Mark& mark) const {
        const auto at = static_cast<std::size_t>(mark.pos);
        return mark.pos >= 0 && at < text_.size() ? text_[at] : '\0';
    }
    bool at_key() const { return !open_.empty() && open_.back().node.is_mapping() && !open_.back().has_key; }

    // A node that starts with '!' has a tag even where yaml-cpp resolves it to none (its words for none: "?" and "!").
    void check_properties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) const {
        if (limits_.aliases) return;
        if (anchor != 0 || character(mark) == '&') throw Refused{mark, "anchors are not accepted; if text begins with '&', quote it"};
        if ((!tag.empty() && tag != "?" && tag != "!") || character(mark) == '!') {
            throw Refused{mark, "tags are not accepted; if text begins with '!', quote it"};
        }
    }
    Yaml node(const YAML::Mark& mark, Yaml::Type type) {
        if (++nodes_ > limits_.nodes) throw Refused{mark, "more than " + std::to_string(limits_.nodes) + " values"};
        Yaml made;
        made.type = type;
        made.line = static_cast<std::uint32_t>(mark.line + 1);
        made.column = static_cast<std::uint32_t>(mark.column + 1);
        return made;
    }
    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Yaml::Type type) {
        check_properties(mark, tag, anchor);
        if (at_key()) throw Refused{mark, "a key must be text"};
        if (open_.size() >= limits_.depth) {
            throw Refused{mark, "nested deeper than " + std::to_string(limits_.depth) + " levels"};
        }
        open_.push_back({node(mark, type), false, {}, false, tag, anchor, mark});
    }
    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        if (done.merges) merge(done.mark, done.node);
        finish(done.mark, std::move(done.node), done.tag, done.anchor);
    }

    /// Adds a node that is whole, with what its tag and anchor make of it.
    void finish(const YAML::Mark& mark, Yaml&& value, const std::string& tag, YAML::anchor_t anchor) {
        if (limits_.aliases && tag.size() > 1 && !says_its_type(value, tag)) {
            Yaml tagged = node(mark, Yaml::Type::mapping);
            Yaml::Entry& entry = tagged.entries.emplace_back();
            entry.key = tag;
            entry.key_line = value.line;
            entry.key_column = value.column;
            entry.value = std::move(value);
            value = std::move(tagged);
        }
        if (limits_.aliases && anchor != 0) {
            Anchored anchored;
            anchored.node = value;
            weigh(value, 0, anchored);
            spend(mark, anchored);
            anchors_.insert_or_assign(anchor, std::move(anchored));
        }
        add(std::move(value));
    }
    /// As deep as the limits allow, and no deeper.
    static void weigh(const Yaml& value, std::uint32_t depth, Anchored& of) {
        ++of.nodes;
        of.bytes += value.text.size();
        of.depth = std::max(of.depth, depth);
        for (const Yaml& item : value.items) weigh(item, depth + 1, of);
        for (const Yaml::Entry& entry : value.entries) {
            of.bytes += entry.key.size();
            weigh(entry.value, depth + 1, of);
        }
    }
    void spend(const YAML::Mark& mark, const Anchored& what) {
        nodes_ += what.nodes;
        copied_ += what.bytes;
        if (nodes_ > limits_.nodes || copied_ > limits_.bytes) throw Refused{mark, "aliases that come to more than the limits allow"};
    }

    /// `<<`: what the mapping, or the mappings of the list, behind it have and this one has not.
    void merge(const YAML::Mark& mark, Yaml& mapping) {
        const auto at = std::find_if(mapping.entries.begin(), mapping.entries.end(), [](const Yaml::Entry& entry) { return entry.key == kMerge; });
        Yaml from = std::move(at->value);
        mapping.entries.erase(at);
        std::vector<Yaml> all;
        if (from.is_sequence()) {
            all = std::move(from.items);
        } else {
            all.push_back(std::move(from));
        }
        std::unordered_set<std::string> keys;
        for (const Yaml::Entry& entry : mapping.entries) keys.insert(entry.key);
        for (Yaml& one : all) {
            if (!one.is_mapping()) throw Refused{mark, "a merge key whose value is no mapping"};
            for (Yaml::Entry& entry : one.entries) {
                if (keys.insert(entry.key).second) mapping.entries.push_back(std::move(entry));
            }
        }
    }
    void add(Yaml&& value) {
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (open_.back().node.is_mapping()) {
            open_.back().node.entries.back().value = std::move(value);
            open_.back().has_key = false;
        } else {
            open_.back().node.items.push_back(std::move(value));
        }
    }
    void start_entry(const YAML::Mark& mark, const std::string& key, bool quoted) {
        Open& mapping = open_.back();
        const bool merges = key == kMerge && !quoted;
        if (merges && !limits_.aliases) throw Refused{mark, "merge keys are not accepted"};
        mapping.merges = mapping.merges || merges;
        if (seen(mapping, key)) throw Refused{mark, duplicate(mapping.node, key)};
        Yaml::Entry entry;
        entry.key = key;
        entry.key_line = static_cast<std::uint32_t>(mark.line + 1);
        entry.key_column = static_cast<std::uint32_t>(mark.column + 1);
        mapping.node.entries.push_back(std::move(entry));
        mapping.has_key = true;
    }
    static std::string duplicate(const Yaml& mapping, const std::string& key) {
        const auto first = std::find_if(mapping.entries.begin(), mapping.entries.end(),
                                        [&](const Yaml::Entry& entry) { return entry.key == key; });
        return "duplicate key '" + key.substr(0, kShownKey) + "'; it is there already, in line " + std::to_string(first->key_line);
    }
    static bool seen(Open& mapping, const std::string& key) {
        const auto& entries = mapping.node.entries;
        if (entries.size() < kFewKeys) {
            return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) { return entry.key == key; });
        }
        if (mapping.keys.empty()) {
            for (const Yaml::Entry& entry : entries) mapping.keys.insert(entry.key);
        }
        return !mapping.keys.insert(key).second;
    }

    std::string_view text_;
    const YamlLimits& limits_;
    std::uint64_t nodes_ = 0;
    std::uint64_t copied_ = 0;           // bytes of text that aliases added
    std::unordered_map<YAML::anchor_t, Anchored> anchors_;
    std::vector<Open> open_;
    Yaml root_;
};

// yaml-cpp reads a stream only; this one has no copy.
class ViewBuffer final : public std::streambuf {
  public:
    explicit ViewBuffer(std::string_view text) {
        char* begin = const_cast<char*>(text.data());  // the get area is never written to
        setg(begin, begin, begin + text.size());
    }
};

}  // namespace

const Yaml* Yaml::find(std::string_view key) const {
    for (const Entry& entry : entries) {
        if (entry.key == key) return &entry.value;
    }
    return nullptr;
}

std::optional<bool> Yaml::boolean() const {
    if (!is_scalar() || quoted) return std::nullopt;
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    return std::nullopt;
}

std::optional<std::int64_t> Yaml::integer() const {
    if (!is_scalar() || quoted) return std::nullopt;
    std::string_view digits = text;
    const bool negative = digits.starts_with('-');
    if (negative || digits.starts_with('+')) digits.remove_prefix(1);
    if (digits.empty()) return std::nullopt;
    std::int64_t value = 0;
    for (const char digit : digits) {
        if (digit < '0' || digit > '9') return std::nullopt;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, digit - '0', &value)) {
            return std::nullopt;
        }
    }
    return negative ? -value : value;
}

Result<std::vector<Yaml>> parse_yaml_documents(ByteView bytes, std::size_t most, const YamlLimits& limits) {
    const std::string_view text = as_text(bytes);
    TRY_VOID(check_bytes(text, limits));
    std::vector<Yaml> documents;
    try {
        ViewBuffer buffer(text);
        std::istream stream(&buffer);
        YAML::Parser parser(stream);
        for (;;) {
            Builder builder(text, limits);
            if (!parser.HandleNextDocument(builder)) return documents;
            Yaml document = builder.take();
            if (documents.size() == most) {
                return malformed_at(std::max(document.line, 1U), std::max(document.column, 1U),
                                    most == 1 ? "a second document is not accepted" : "more than " + std::to_string(most) + " documents");
            }
            documents.push_back(std::move(document));
        }
    } catch (const Refused& refused) {
        return malformed_at(static_cast<std::size_t>(refused.mark.line) + 1,
                            static_cast<std::size_t>(refused.mark.column) + 1, refused.message);
    } catch (const YAML::Exception& exception) {
        const bool placed = exception.mark.line >= 0 && exception.mark.column >= 0;
        return malformed_at(placed ? static_cast<std::size_t>(exception.mark.line) + 1 : 1,
                            placed ? static_cast<std::size_t>(exception.mark.column) + 1 : 1,
                            in_our_words(exception.msg));
    }
}

Result<Yaml> parse_yaml(ByteView bytes, const YamlLimits& limits) {
    std::vector<Yaml> documents = TRY(parse_yaml_documents(bytes, 1, limits));
    return documents.empty() ? Yaml{} : std::move(documents.front());
}

}  // namespace headgate::codec
