// package_lists.hpp: the lists of rules/content, read once. A worker can open no file: they are read before one is made.
#pragma once

#include "formats/package_words.hpp"

namespace headgate::pipeline {

/// nullptr where they cannot be read, which only happens to lists that the operator put in their place: package_lists_problem().
const formats::PackageWords* package_words();
Result<void> package_lists_problem();

}  // namespace headgate::pipeline
