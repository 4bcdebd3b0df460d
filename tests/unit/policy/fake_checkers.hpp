// fake_checkers.hpp: a table of checkers with every type of setting, for tests of the policy language alone.
#pragma once

#include <array>

#include "model/checker.hpp"

namespace headgate::fake {

inline constexpr std::array<Kind, 4> kAllKinds = {Kind::model, Kind::dataset, Kind::package, Kind::container};
inline constexpr std::array<Kind, 1> kModels = {Kind::model};
inline constexpr std::array<std::string_view, 2> kWords = {"safetensors", "gguf"};
inline constexpr std::array<SettingSpec, 8> kEverySetting = {{
    {"strict", SettingType::flag, Stricter::on, false, "true", "", {}},
    {"allow", SettingType::text_list, Stricter::fewer, false, "safetensors, gguf", "", kWords},
    {"depth", SettingType::integer, Stricter::smaller, false, "7", "", {}},
    {"max-age", SettingType::duration, Stricter::smaller, false, "", "", {}},
    {"at", SettingType::severity, Stricter::fixed, false, "high", "", {}},
    {"from", SettingType::patterns, Stricter::fewer, false, "", "", {}},
    {"signed-by", SettingType::signers, Stricter::fewer, false, "", "", {}},
    {"where", SettingType::conditions, Stricter::more, false, "", "", {}},
}};
inline constexpr std::array<SettingSpec, 2> kSignature = {{
    {"any-of", SettingType::signers, Stricter::fewer, true, "", "", {}},
    {"scheme", SettingType::text, Stricter::fixed, false, "oms", "", {}},
}};

inline CheckRun run(const CheckInput&) { return CheckRun::complete(); }

inline std::span<const Checker> checkers() {
    static const std::array<Checker, 4> kTable = {{
        {"format", "", "", "", kAllKinds, true, kEverySetting, run, nullptr, nullptr, true},
        {"name", "", "", "", kAllKinds, false, {}, run},
        {"registry", "", "", "", kAllKinds, false, {}, run},
        {"signature", "", "", "", kModels, true, kSignature, run},
    }};
    return kTable;
}

}  // namespace headgate::fake
