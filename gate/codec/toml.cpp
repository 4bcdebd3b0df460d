// toml.cpp: toml++ behind what it leaves open: the size of the document, its encoding, and the depth that dotted keys open.
#include "codec/toml.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::codec {
namespace {

/// An assertion of the library that some text breaks. A release would take it for a fact and go on with anything.
struct BrokenPromise {};
[[noreturn]] void broken_promise() { throw BrokenPromise{}; }

}  // namespace
}  // namespace headgate::codec

#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 32
#define TOML_ASSERT(expr) static_cast<void>((expr) ? void() : headgate::codec::broken_promise())
#pragma push_macro("NDEBUG")
#undef NDEBUG
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

namespace headgate::codec {
namespace {

Error malformed_at(std::size_t line, std::size_t column, const std::string& message) {
    return {ErrorCode::malformed, std::to_string(line) + ":" + std::to_string(column) + ": " + message};
}

/// Where the string that begins at `at` ends: behind its last quote, or where it breaks off.
std::size_t end_of_string(std::string_view text, std::size_t at) {
    const char quote = text[at];
    const std::string triple(3, quote);
    const bool multi = text.substr(at).starts_with(triple);
    at += multi ? 3 : 1;
    while (at < text.size()) {
        if (quote == '"' && text[at] == '\\') {
            at += 2;
        } else if (multi && text.substr(at).starts_with(triple)) {
            at += 3;
            while (at < text.size() && text[at] == quote) ++at;  // up to two quotes may stand before the last three
            return at;
        } else if (!multi && (text[at] == quote || text[at] == '\n')) {
            return at + (text[at] == quote ? 1 : 0);
        } else {
            ++at;
        }
    }
    return text.size();
}

/// Finds a key of more than kTomlKeyParts parts, before the library opens a table for each.
Result<void> check_keys(std::string_view text) {
    std::size_t dots = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '"' || c == '\'') {
            at = end_of_string(text, at);
            continue;
        }
        if (c == '#') {
            at = std::min(text.find('\n', at), text.size());
            continue;
        }
        if (std::string_view("=[]{},\n").find(c) != std::string_view::npos) dots = 0;
        if (c == '.' && ++dots >= kTomlKeyParts) {
            const auto line = static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) + 1;
            return malformed_at(line, 1, "a key of more than " + std::to_string(kTomlKeyParts) + " parts");
        }
        ++at;
    }
    return {};
}

class Converter {
  public:
    explicit Converter(const TreeLimits& limits) : limits_(limits) {}

    Result<Tree> convert(const toml::node& node, std::uint32_t depth) {
        Tree tree;
        tree.line = std::max<std::uint32_t>(node.source().begin.line, 1);
        if (++values_ > limits_.values) return malformed_at(tree.line, 1, "more than " + std::to_string(limits_.values) + " values");
        if (depth > limits_.depth) return malformed_at(tree.line, 1, "nested deeper than " + std::to_string(limits_.depth) + " levels");
        switch (node.type()) {
            case toml::node_type::table:
                tree.type = Tree::Type::table;
                for (const auto& [key, value] : *node.as_table()) {
                    Tree inner = TRY(convert(value, depth + 1));
                    const std::uint32_t line = std::max<std::uint32_t>(key.source().begin.line, 1);
                    tree.entries.push_back({std::string(key.str()), line, std::move(inner)});
                }
                // The library keeps keys by name; a reader of findings wants them as they stand.
                std::stable_sort(tree.entries.begin(), tree.entries.end(),
                                 [](const Tree::Entry& a, const Tree::Entry& b) { return a.line < b.line; });
                tree.index();
                break;
            case toml::node_type::array:
                tree.type = Tree::Type::array;
                for (const toml::node& item : *node.as_array()) tree.items.push_back(TRY(convert(item, depth + 1)));
                break;
            case toml::node_type::string:
                tree.type = Tree::Type::text;
                tree.text = **node.as_string();
                break;
            case toml::node_type::integer:
                tree.type = Tree::Type::integer;
                tree.integer = **node.as_integer();
                break;
            case toml::node_type::boolean:
                tree.type = Tree::Type::boolean;
                tree.boolean = **node.as_boolean();
                break;
            case toml::node_type::floating_point: tree.type = Tree::Type::real; break;
            case toml::node_type::date:
            case toml::node_type::time:
            case toml::node_type::date_time: tree.type = Tree::Type::time; break;
            case toml::node_type::none: break;
        }
        return tree;
    }

  private:
    const TreeLimits& limits_;
    std::uint64_t values_ = 0;
};

}  // namespace

Result<Tree> parse_toml(ByteView bytes, const TreeLimits& limits) {
    const std::string_view text = as_text(bytes);
    if (text.size() > limits.bytes) return malformed_at(1, 1, "longer than " + std::to_string(limits.bytes) + " bytes");
    if (text.starts_with("\xEF\xBB\xBF")) return malformed_at(1, 1, "a byte order mark is not accepted");
    if (!is_utf8(text)) return malformed_at(1, 1, "not UTF-8");
    TRY_VOID(check_keys(text));
    try {
        const toml::table document = toml::parse(text);
        return Converter(limits).convert(document, 0);
    } catch (const toml::parse_error& error) {
        return malformed_at(error.source().begin.line, error.source().begin.column, std::string(error.description()));
    } catch (const BrokenPromise&) {
        return malformed_at(1, 1, "the reader of TOML can make nothing of it");
    }
}

}  // namespace headgate::codec
