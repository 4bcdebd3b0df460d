// report.hpp: one function per output format. Every hostile string is escaped for its medium here.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/checker.hpp"
#include "model/recording.hpp"
#include "model/verdict.hpp"

namespace headgate::report {

struct TextOptions {
    bool color = false;
    bool quiet = false;          // only the last line
    std::size_t width = 100;
};

std::string text(const Report& report, const TextOptions& options);
/// The JSON of contract.md, with a final newline.
std::string json(const Report& report);
/// Only the value of "subjects": what HTTP and CLI must agree on byte for byte.
std::string subjects_json(const Report& report);
/// SARIF 2.1.0 as GitHub accepts it. `checkers` give rule texts.
std::string sarif(const Report& report, std::span<const Checker> checkers);
/// `headgate facts`: one line of schema `headgate.dev/facts/v1`, that recording::read takes back.
std::string facts(const Recording& recording);

struct OutputFormat {
    std::string_view name;
    std::string_view help;
};
std::span<const OutputFormat> formats();

}  // namespace headgate::report
