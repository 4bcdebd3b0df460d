// workload_fields.hpp: typed fields of Kubernetes objects, none of which is passed over when it is of another type. Private to intake/.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/tree.hpp"
#include "intake/manifest.hpp"

namespace headgate::intake::kubernetes {

class WorkloadFields {
  public:
    using Tree = codec::Tree;
    using Pairs = std::vector<std::pair<std::string, std::string>>;

    explicit WorkloadFields(IntakeContext& context) : context_(context) {}
    bool understood() const { return understood_; }

    /// Where `node` is, whose path in the document is `path`.
    Location at(const Tree& node, const std::string& path) const;
    void refuse(const std::string& why, const Tree& node, const std::string& path);

    /// The value of a key, unless that is null or absent: nullptr. A tag is no value that anybody here could tell.
    const Tree* value(const Tree& in, std::string_view key, const std::string& path);
    const Tree* table(const Tree& in, std::string_view key, const std::string& path) { return of_type(in, key, path, Tree::Type::table); }
    const Tree* list(const Tree& in, std::string_view key, const std::string& path) { return of_type(in, key, path, Tree::Type::array); }
    std::optional<bool> flag(const Tree& in, std::string_view key, const std::string& path);
    std::optional<std::uint64_t> number(const Tree& in, std::string_view key, const std::string& path);
    std::optional<std::string> text(const Tree& in, std::string_view key, const std::string& path);
    std::string text_or_nothing(const Tree& in, std::string_view key, const std::string& path) { return text(in, key, path).value_or(std::string()); }
    std::vector<std::string> texts(const Tree& in, std::string_view key, const std::string& path);
    Pairs pairs(const Tree& in, std::string_view key, const std::string& path);

    /// Calls `use` with each table of a list, and its path.
    template <typename Use>
    void each(const Tree& in, std::string_view key, const std::string& path, const Use& use) {
        const Tree* found = list(in, key, path);
        if (found == nullptr) return;
        for (std::size_t i = 0; i < found->items.size(); ++i) {
            const std::string here = path_to(path, key) + "[" + std::to_string(i) + "]";
            if (found->items[i].is_table() && !is_tag(found->items[i])) {
                use(found->items[i], here);
            } else {
                refuse("an item of `" + std::string(key) + "` that is no mapping", found->items[i], here);
            }
        }
    }
    /// Cut, as are the paths of what a reader of objects records.
    static std::string path_to(const std::string& path, std::string_view key);

  private:
    static bool is_tag(const Tree& node);
    const Tree* of_type(const Tree& in, std::string_view key, const std::string& path, Tree::Type type);

    IntakeContext& context_;
    bool understood_ = true;
};

}  // namespace headgate::intake::kubernetes
