#include "pipeline/data_hashes.hpp"

#include <algorithm>

#include "crypto/sha256.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/embedded.hpp"

namespace headgate::pipeline {

std::vector<std::pair<std::string, std::string>> data_hashes() {
    std::vector<std::pair<std::string, std::string>> hashes;
    for (const EmbeddedFile& embedded : embedded_files()) {
        const auto bytes = rule_data().file(embedded.path);
        if (bytes) hashes.emplace_back(std::string(embedded.path), crypto::sha256_hex(*bytes));
    }
    std::sort(hashes.begin(), hashes.end());
    return hashes;
}

}  // namespace headgate::pipeline
