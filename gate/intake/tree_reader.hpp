// tree_reader.hpp: what the parsers of TOML, JSON and YAML lockfiles share: a field of the wrong type is never passed over.
#pragma once

#include <string>
#include <string_view>

#include "codec/tree.hpp"
#include "intake/entry.hpp"

namespace headgate::intake {

class TreeReader {
  public:
    explicit TreeReader(IntakeContext& context) : context_(context) {}
    bool understood() const { return understood_; }

  protected:
    using Tree = codec::Tree;

    bool fail(const std::string& why, std::uint32_t line) {
        understood_ = false;
        if (!context_.room()) return false;
        return not_understood(context_, why, line);
    }
    void add(Entry entry) {
        if (!record(std::move(entry), context_)) understood_ = false;
    }

    /// The member of this type; nullptr when it is absent, and when it is of another type, which is not understood.
    const Tree* member(const Tree& in, std::string_view key, Tree::Type type) {
        const Tree* found = in.find(key);
        if (found == nullptr || found->type == type) return found;
        if (found->type == Tree::Type::null) return nullptr;
        fail("`" + std::string(key) + "` is of a type that it cannot be", found->line);
        return nullptr;
    }
    const Tree* table(const Tree& in, std::string_view key) { return member(in, key, Tree::Type::table); }
    const Tree* array(const Tree& in, std::string_view key) { return member(in, key, Tree::Type::array); }
    /// "" when it is absent.
    std::string text(const Tree& in, std::string_view key) {
        const Tree* found = member(in, key, Tree::Type::text);
        return found == nullptr ? std::string() : found->text;
    }
    bool flag(const Tree& in, std::string_view key) {
        const Tree* found = member(in, key, Tree::Type::boolean);
        return found != nullptr && found->boolean;
    }

    /// Seconds since the epoch; nullopt when it is absent, and when nobody can read it.
    std::optional<std::int64_t> time(const Tree& in, std::string_view key) {
        const Tree* found = in.find(key);
        if (found == nullptr || found->type == Tree::Type::null) return std::nullopt;
        if (found->is_text() || found->type == Tree::Type::time) return seconds_of(found->text);
        fail("`" + std::string(key) + "` is of a type that it cannot be", found->line);
        return std::nullopt;
    }

    /// An archive of a package as Python's lockfiles list it: its `hash`, and its `url` and `upload-time` where they are known.
    void archive(const Tree& file, Entry& entry) {
        set_released(entry, time(file, "upload-time"));
        add_hashes(entry, text(file, "hash"), context_);
        add_file(entry, text(file, "url"));
    }

    /// Calls `use` with every table of an array of tables.
    template <typename Use>
    void each_table(const Tree& in, std::string_view key, const Use& use) {
        const Tree* list = array(in, key);
        if (list == nullptr) return;
        for (const Tree& item : list->items) {
            if (item.is_table()) {
                use(item);
            } else {
                fail("an item of `" + std::string(key) + "` that is no table", item.line);
            }
        }
    }
    /// Calls `use` with every text of an array, or with the one text that stands in its place.
    template <typename Use>
    void each_text(const Tree& in, std::string_view key, const Use& use) {
        const Tree* found = in.find(key);
        if (found == nullptr || found->type == Tree::Type::null) return;
        if (found->is_text()) return use(found->text, found->line);
        if (!found->is_array()) {
            fail("`" + std::string(key) + "` is no list of texts", found->line);
            return;
        }
        for (const Tree& item : found->items) {
            if (item.is_text()) {
                use(item.text, item.line);
            } else {
                fail("an item of `" + std::string(key) + "` that is no text", item.line);
            }
        }
    }

    void index(IndexOption::Role role, std::string_view ecosystem, std::string_view url, std::string_view written, std::uint32_t line,
               std::string names = {}) {
        context_.evidence.index_options.push_back(
            {context_.at_line(std::max(line, 1U)), role, std::string(ecosystem), without_login(url), std::string(written), std::move(names)});
    }

    IntakeContext& context_;
    bool understood_ = true;
};

}  // namespace headgate::intake
