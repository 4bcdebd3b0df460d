// What every manifest parser promises: understood means that nothing was left over; not understood is said.
#pragma once

#include "fuzz/oracle.hpp"
#include "intake/manifest.hpp"

namespace headgate::fuzz {

inline void run_manifest(ByteView bytes, const intake::ManifestFormat& format, const char* name) {
    Limits limits;
    limits.facts = 2000;
    Evidence facts;
    intake::IntakeContext context{limits, facts, name};
    const bool understood = format.parse(bytes, context);
    ORACLE(understood ? facts.opaques.empty() && facts.formats.size() == 1 : !facts.opaques.empty());
    ORACLE(facts.declared.size() <= limits.facts);
    std::vector<Requirement> all = facts.requirements;
    all.insert(all.end(), facts.declared.begin(), facts.declared.end());
    for (const Requirement& requirement : all) {
        if (requirement.reference.scheme == "file" && requirement.source == Requirement::Source::workspace) continue;   // workspaces, not named
        ORACLE(!requirement.reference.canonical.empty() && requirement.where.line);
        if (requirement.dynamic) continue;
        const auto again = parse_reference(requirement.reference.canonical);
        ORACLE(again.ok() && *again == requirement.reference);
    }
    for (const Finding& finding : facts.findings) {
        ORACLE(!finding.message.empty() && !finding.why.empty() && !finding.fix.empty());
    }
}

inline void run_manifest(ByteView bytes, const char* name) {
    const intake::ManifestFormat* format = intake::find_manifest(name);
    ORACLE(format != nullptr);
    run_manifest(bytes, *format, name);
}

/// A format that is told by content, by its name in the table.
inline void run_manifest_as(ByteView bytes, const char* format_name, const char* name) {
    for (const intake::ManifestFormat& format : intake::manifest_formats()) {
        if (format.name == format_name) return run_manifest(bytes, format, name);
    }
    ORACLE(false);
}

}  // namespace headgate::fuzz
