// container_oracle.hpp: one input through one container parser, with the oracle of formats/parser.hpp asserted: bytes that
// were not understood are explained by a finding or an Opaque, and there is never silence.
#pragma once

#include <string>

#include "crypto/sha256.hpp"
#include "formats/parser.hpp"
#include "fuzz/oracle.hpp"

namespace headgate::fuzz {

inline Limits small_limits() {
    Limits limits;
    limits.steps = 2'000'000;
    limits.expanded_bytes = 32U << 20U;
    limits.ratio_floor = 1U << 20U;
    limits.member_bytes = 8U << 20U;
    limits.members = 2'000;
    limits.facts = 5'000;
    return limits;
}

/// Runs `parse` where `sniff` takes the input.
inline void run(ByteView bytes, std::string name, bool (*sniff)(ByteSource&, std::string_view),
                formats::Examined (*parse)(ByteSource&, formats::ParseContext&)) {
    static const Limits kLimits = small_limits();
    Budget budget(kLimits);
    Evidence evidence;
    MemorySource source(bytes);
    if (!sniff(source, name)) return;
    formats::ParseContext context{kLimits, budget, evidence, std::move(name), {}, 0, crypto::sha256_hex};
    const formats::Examined examined = parse(source, context);
    const bool explained = !evidence.findings.empty() || !evidence.opaques.empty();
    ORACLE(examined == formats::Examined::whole || explained);
    ORACLE(!evidence.empty());
    ORACLE(!evidence.formats.empty() || !evidence.findings.empty());
}

}  // namespace headgate::fuzz
