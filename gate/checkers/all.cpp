#include "checkers/all.hpp"

#include <vector>

#include "checkers/advisory.hpp"
#include "checkers/attestation.hpp"
#include "checkers/card.hpp"
#include "checkers/content.hpp"
#include "checkers/isolation.hpp"
#include "checkers/names.hpp"
#include "checkers/plugin.hpp"
#include "checkers/provenance.hpp"
#include "checkers/serialization.hpp"
#include "checkers/signature.hpp"
#include "checkers/weights.hpp"

namespace headgate::checkers {

std::span<const Checker> all() {
    static const std::vector<Checker> kCheckers = {
        serialization_checker(),
        signature_checker(),
        attestation_checker(),
        provenance_checker(),
        registry_checker(),
        namespace_checker(),
        typosquat_checker(),
        integrity_checker(),
        install_script_checker(),
        freshness_checker(),
        card_checker(),
        content_checker(),
        weights_checker(),
        advisory_checker(),
        isolation_checker(),
        plugin_checker(),
    };
    return kCheckers;
}

const Checker* find(std::string_view id) {
    for (const Checker& checker : all()) {
        if (checker.id == id) return &checker;
    }
    return nullptr;
}

}  // namespace headgate::checkers
