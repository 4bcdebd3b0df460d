// advisory_vex.hpp: whether somebody whom the rule names says that a flaw does no harm in exactly this version of this package.
#pragma once

#include <string>
#include <vector>

#include "model/advisory.hpp"
#include "model/checker.hpp"

namespace headgate::checkers {

struct VexAnswer {
    bool lowered = false;
    std::string says;                    // "FILE by NAME: not_affected, reason"
    std::vector<std::string> digests;    // of the documents that it rests on
    std::string ignored;                 // why a document that says so does not count; "" when none does, or it was lowered
};

/// `ids`: of the record, its own and then its aliases; an alias counts within CVE, GHSA and PYSEC only. Statements of one product and flaw
/// follow each other in time: the latest that counts holds, and of those of one moment the worst. `signers`: nullptr: nobody is named.
VexAnswer vex_about(const CheckInput& input, const Requirement& requirement, const std::vector<std::string>& ids, const SignerSet* signers);

}  // namespace headgate::checkers
