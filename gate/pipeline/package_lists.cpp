#include "pipeline/package_lists.hpp"

#include "pipeline/decide.hpp"

namespace headgate::pipeline {
namespace {

const Result<formats::PackageWords>& lists() {
    static const Result<formats::PackageWords> words = formats::PackageWords::load(rule_data());
    return words;
}

}  // namespace

const formats::PackageWords* package_words() { return lists().ok() ? &lists().value() : nullptr; }

Result<void> package_lists_problem() {
    if (!lists().ok()) return lists().error();
    return {};
}

}  // namespace headgate::pipeline
