#include "codec/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <sstream>

#include "base/text.hpp"

namespace headgate::codec {
namespace {

// What ends the parse; never leaves this file.
struct Refused {
    std::string message;
};

std::string position(std::uint32_t line, std::uint32_t column) {
    return std::to_string(line) + ":" + std::to_string(column) + ": ";
}

// What must be settled on the bytes: yaml-cpp takes UTF-16, mends bad UTF-8 and misreads NUL.
std::optional<std::string> problem_of_bytes(std::string_view text, const YamlLimits& limits) {
    if (text.size() > limits.bytes) return position(1, 1) + "larger than " + std::to_string(limits.bytes) + " bytes";
    if (text.starts_with("\xef\xbb\xbf")) return position(1, 1) + "a byte order mark; save the file as plain UTF-8";
    if (text.starts_with('%')) return position(1, 1) + "a YAML directive (%...); leave it out";
    std::uint32_t number = 0;
    for (const std::string_view line : split_lines(text)) {
        ++number;
        if (!is_utf8(line)) return position(number, 1) + "not UTF-8";
        if (line.find('\0') != std::string_view::npos) return position(number, 1) + "a NUL character";
        const std::size_t content = line.find_first_not_of(" \t");
        const std::size_t tab = line.find('\t');
        if (tab != std::string_view::npos && (content == std::string_view::npos || tab < content)) {
            return position(number, static_cast<std::uint32_t>(tab) + 1) + "a tab in the indentation; use spaces";
        }
    }
    return std::nullopt;
}

// Builds the tree from events, refusing what a policy must not contain.
class Builder final : public YAML::EventHandler {
  public:
    explicit Builder(const YamlLimits& limits) : limits_(limits) {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuse_anchor(mark, anchor);
        if (expects_key()) refuse(mark, "an empty key");
        put(make(Yaml::Type::null, mark));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse(mark, "an alias (*name); write the value out"); }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        if (expects_key()) return take_key(mark, value);
        Yaml node = make(Yaml::Type::scalar, mark);
        node.text = value;
        node.quoted = tag == "!";
        put(std::move(node));
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

    Yaml take() { return std::move(root_); }

  private:
    struct Frame {
        Yaml node;
        bool has_key = false;
    };

    [[noreturn]] static void refuse(const YAML::Mark& mark, const std::string& what) {
        throw Refused{position(static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)) + what};
    }
    static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (anchor != 0) refuse(mark, "an anchor (&name); write the value out");
    }
    // "?" is a plain scalar or collection, "!" a quoted one.
    static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!") refuse(mark, "a tag (" + escape_terminal(tag, 60) + ")");
    }
    bool expects_key() const {
        return !stack_.empty() && stack_.back().node.is_mapping() && !stack_.back().has_key;
    }
    Yaml make(Yaml::Type type, const YAML::Mark& mark) {
        if (++nodes_ > limits_.nodes) refuse(mark, "more than " + std::to_string(limits_.nodes) + " values");
        Yaml node;
        node.type = type;
        node.line = static_cast<std::uint32_t>(mark.line + 1);
        node.column = static_cast<std::uint32_t>(mark.column + 1);
        return node;
    }
    void take_key(const YAML::Mark& mark, const std::string& key) {
        Frame& frame = stack_.back();
        if (key == "<<") refuse(mark, "a merge key (<<); write the values out");
        if (const Yaml::Entry* earlier = entry(frame.node, key)) {
            refuse(mark, "the key \"" + escape_terminal(key, 80) + "\" is there twice, first at line " +
                             std::to_string(earlier->key_line));
        }
        Yaml::Entry added;
        added.key = key;
        added.key_line = static_cast<std::uint32_t>(mark.line + 1);
        added.key_column = static_cast<std::uint32_t>(mark.column + 1);
        frame.node.entries.push_back(std::move(added));
        frame.has_key = true;
    }
    static const Yaml::Entry* entry(const Yaml& node, const std::string& key) {
        for (const Yaml::Entry& candidate : node.entries) {
            if (candidate.key == key) return &candidate;
        }
        return nullptr;
    }
    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Yaml::Type type) {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        if (expects_key()) refuse(mark, "a key that is not a plain word");
        if (stack_.size() >= limits_.depth) refuse(mark, "nested deeper than " + std::to_string(limits_.depth));
        stack_.push_back({make(type, mark), false});
    }
    void close() {
        Yaml node = std::move(stack_.back().node);
        stack_.pop_back();
        put(std::move(node));
    }
    void put(Yaml node) {
        if (stack_.empty()) {
            root_ = std::move(node);
            return;
        }
        Frame& frame = stack_.back();
        if (frame.node.is_sequence()) {
            frame.node.items.push_back(std::move(node));
        } else {
            frame.node.entries.back().value = std::move(node);
            frame.has_key = false;
        }
    }

    const YamlLimits& limits_;
    std::vector<Frame> stack_;
    std::uint64_t nodes_ = 0;
    Yaml root_;
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
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
}

std::optional<std::int64_t> Yaml::integer() const {
    if (!is_scalar() || quoted || text.empty()) return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Result<Yaml> parse_yaml(ByteView bytes, const YamlLimits& limits) {
    const std::string_view text = as_text(bytes);
    if (auto problem = problem_of_bytes(text, limits)) return Error{ErrorCode::malformed, *problem};
    Builder builder(limits);
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        if (parser.HandleNextDocument(builder)) {
            Yaml document = builder.take();
            Builder second(limits);
            if (parser.HandleNextDocument(second)) {
                return Error{ErrorCode::malformed, position(1, 1) + "more than one document (---)"};
            }
            return document;
        }
        return Yaml{};
    } catch (const Refused& refused) {
        return Error{ErrorCode::malformed, refused.message};
    } catch (const YAML::Exception& error) {
        return Error{ErrorCode::malformed,
                     position(static_cast<std::uint32_t>(error.mark.line + 1),
                              static_cast<std::uint32_t>(error.mark.column + 1)) + error.msg};
    }
}

}  // namespace headgate::codec
