// package_oracle.hpp: one source through one reader of source code. It says traits and nothing else; what it says is bounded, UTF-8,
// about this file, and known to the checker; where steps run out, a finding says so.
#pragma once

#include "base/text.hpp"
#include "checkers/content.hpp"
#include "fuzz/container_oracle.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/package_lists.hpp"

namespace headgate::fuzz {

inline void check_traits(const Evidence& evidence) {
    for (const Trait& trait : evidence.traits) {
        ORACLE(!trait.trait.empty() && is_utf8(trait.detail) && trait.detail.size() <= 200);
        ORACLE(!trait.where.line || *trait.where.line > 0);
    }
    const Policy policy;
    Subject subject;
    subject.has_bytes = true;
    ORACLE(checkers::content_checker().run({subject, evidence, Settings{}, policy, pipeline::rule_data(), {}}).status == RunStatus::complete);
}

template <typename Examine>
void run_source(ByteView bytes, const std::string& name, const Examine& examine) {
    static const Limits kLimits = small_limits();
    Budget budget(kLimits);
    Evidence evidence;
    const formats::PackageWords* const words = pipeline::package_words();
    ORACLE(words != nullptr);
    formats::ParseContext context{kLimits, budget, evidence, name, {}, 0, crypto::sha256_hex, pipeline::package_words};
    examine(bytes, *words, context);
    ORACLE(evidence.formats.empty() && evidence.opaques.empty());
    ORACLE(budget.exhausted() == !evidence.findings.empty());
    for (const Trait& trait : evidence.traits) ORACLE(trait.where.path == name && trait.where.member.empty());
    check_traits(evidence);
}

}  // namespace headgate::fuzz
