// examined.hpp: examine() over bytes in memory, with the oracle that every format owes (formats/parser.hpp).
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "formats/parser.hpp"
#include "package_fixture.hpp"

namespace headgate::tests {

struct Outcome {
    formats::Examined examined = formats::Examined::partly;
    Evidence evidence;

    bool whole() const { return examined == formats::Examined::whole; }
    bool has(std::string_view id) const {
        return std::any_of(evidence.findings.begin(), evidence.findings.end(), [&](const Finding& f) { return f.id == id; });
    }
    bool is(std::string_view format) const {
        return std::any_of(evidence.formats.begin(), evidence.formats.end(),
                           [&](const FormatFact& f) { return f.format == format; });
    }
    bool has_trait(std::string_view trait) const {
        return std::any_of(evidence.traits.begin(), evidence.traits.end(), [&](const Trait& one) { return one.trait == trait; });
    }
    /// Traits with what was found, sorted, one a line.
    std::string traits() const {
        std::vector<std::string> lines;
        for (const Trait& one : evidence.traits) lines.push_back(one.trait + ": " + one.detail + "\n");
        std::sort(lines.begin(), lines.end());
        std::string all;
        for (const std::string& line : lines) all += line;
        return all;
    }
    /// Ids of all findings, for messages.
    std::string ids() const {
        std::string all;
        for (const Finding& finding : evidence.findings) all += finding.id + " (" + finding.message + ") ";
        for (const Opaque& opaque : evidence.opaques) all += "opaque:" + opaque.where.member + " ";
        return all;
    }
    /// No silence: bytes that were not understood are explained, and something is always said.
    bool oracle() const {
        const bool explained = !evidence.findings.empty() || !evidence.opaques.empty();
        if (examined == formats::Examined::partly && !explained) return false;
        return explained || !evidence.formats.empty();
    }
};

inline Outcome examine(const std::string& bytes, const std::string& name, const Limits& limits = {},
                       std::string (*sha256_hex)(ByteView) = nullptr) {
    Outcome outcome;
    Budget budget(limits);
    MemorySource source(as_bytes(bytes));
    formats::ParseContext context{limits, budget, outcome.evidence, name, {}, 0, sha256_hex, shipped_words};
    outcome.examined = formats::examine(source, context);
    return outcome;
}

}  // namespace headgate::tests
