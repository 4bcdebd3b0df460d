// deployment_reader.hpp: what the readers of deployment files (compose, workflows, Kubernetes) share over tree_reader.hpp.
#pragma once

#include <algorithm>

#include "intake/named.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake {

/// Such files are written by hand: anchors, aliases and merge keys are usual, and so are tags of the program that reads them.
inline codec::TreeLimits deployment_limits() {
    codec::TreeLimits limits;
    limits.values = 400'000;
    limits.aliases = true;
    return limits;
}

/// Of a document that is a text within another: there may be many, so that aliases of one must not make more of it than it is.
inline codec::TreeLimits inner_limits(std::size_t size) {
    codec::TreeLimits limits = deployment_limits();
    limits.values = std::min<std::uint64_t>(limits.values, 100 + size);
    limits.bytes = std::min<std::uint64_t>(limits.bytes, 4096 + 2 * size);
    return limits;
}

class DeploymentReader : public TreeReader {
  public:
    explicit DeploymentReader(IntakeContext& context) : TreeReader(context), opaques_(context.evidence.opaques.size()) {}

  protected:
    /// Everything was understood, and there was room for it.
    bool done() const { return understood_ && context_.evidence.opaques.size() == opaques_; }
    Location at(const Tree& node) const { return context_.at_line(std::max(node.line, 1U)); }

    /// The node behind a tag such as `!override`; nullptr for `!reset`, which takes away what another file says.
    static const Tree* untagged(const Tree* node) {
        while (node != nullptr && node->is_table() && node->entries.size() == 1) {
            if (node->entries[0].key == "!reset") return nullptr;
            if (node->entries[0].key != "!override") break;
            node = &node->entries[0].value;
        }
        return node != nullptr && node->type == Tree::Type::null ? nullptr : node;
    }
    const Tree* child(const Tree& in, std::string_view key) const { return untagged(in.find(key)); }

    /// Each entry of a table, each item of a list; a key without a value is none.
    template <typename Use>
    static void each_child(const Tree* of, const Use& use) {
        if (of == nullptr) return;
        for (const Tree::Entry& entry : of->entries) {
            if (const Tree* value = untagged(&entry.value)) use(std::string_view(entry.key), *value);
        }
        for (const Tree& item : of->items) {
            if (const Tree* value = untagged(&item)) use(std::string_view{}, *value);
        }
    }

    /// Answers of the functions in named.hpp.
    void note(bool understood) { understood_ = understood && understood_; }

  private:
    std::size_t opaques_;
};

}  // namespace headgate::intake
