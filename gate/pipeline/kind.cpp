#include "pipeline/kind.hpp"

#include <algorithm>
#include <initializer_list>

#include "attest/pep740.hpp"
#include "pipeline/layout.hpp"

namespace headgate::pipeline {
namespace {

/// A package that lies right below a gzip: its members are one level further down.
bool is_below_gzip(const FormatFact& fact, std::string_view format) { return fact.format == format && fact.where.member.find('!') == std::string::npos; }
bool is_sdist(const FormatFact& fact) { return is_below_gzip(fact, "sdist"); }
bool is_tar_package(const FormatFact& fact) { return is_sdist(fact) || is_below_gzip(fact, "npm-package") || is_below_gzip(fact, "crate"); }

bool is_distribution(std::string_view name, std::string_view ending) {
    return name.ends_with(ending) && attest::distribution_problem(name, "", "").empty();
}

// Loaders of models look at the content, not at the name: what holds something for them besides source is nobody's package by itself.
bool holds_artifacts(const Evidence& evidence) {
    return std::any_of(evidence.formats.begin(), evidence.formats.end(), [](const FormatFact& fact) {
        return !fact.where.member.empty() && !fact.inert && !fact.code;
    });
}

}  // namespace

Kind kind_by_content(const SubjectPlan& plan, const Evidence& evidence) {
    const auto file = std::find_if(plan.files.begin(), plan.files.end(), [](const FilePlan& one) { return !one.evidence; });
    const std::string_view name = file == plan.files.end() ? std::string_view() : base_name(file->path);
    for (const FormatFact& fact : evidence.formats) {
        if (fact.format == "wheel" && fact.where.member.empty() && is_distribution(name, ".whl")) return Kind::package;
        if (is_sdist(fact) && is_distribution(name, ".tar.gz") && !holds_artifacts(evidence)) return Kind::package;
        if (is_below_gzip(fact, "npm-package") && name.ends_with(".tgz") && !holds_artifacts(evidence)) return Kind::package;
        if (is_below_gzip(fact, "crate") && name.ends_with(".crate") && !holds_artifacts(evidence)) return Kind::package;
        if (!fact.where.member.empty()) continue;
        for (const std::string_view data : {"parquet", "arrow", "csv", "tsv", "jsonl"}) {
            if (fact.format == data) return Kind::dataset;
        }
    }
    return plan.subject.kind;
}

void check_statements_about(const SubjectPlan& plan, const Subject& subject, Evidence& evidence) {
    const std::string& stated = subject.reference.digest;
    if (!stated.empty() && stated != "sha256:" + subject.digest.sha256) {
        evidence.findings.push_back(
            {"subject.digest-mismatch", Severity::critical,
             "the name says " + stated + ", the bytes are sha256:" + subject.digest.sha256, {},
             "These are not the bytes that the name stands for.", "Fetch them again, or correct the name."});
    }
    const auto has_format = [&](std::string_view prefix) {
        return std::any_of(evidence.formats.begin(), evidence.formats.end(),
                           [&](const FormatFact& fact) { return fact.where.member.empty() && fact.format.starts_with(prefix); });
    };
    // Weights are a model's, whoever says that they are data: with data of their own beside them only if nobody had to say so.
    const auto any_of_formats = [&](std::initializer_list<std::string_view> names) { return std::any_of(names.begin(), names.end(), has_format); };
    const bool weights = any_of_formats({"safetensors", "gguf", "torch", "onnx", "savedmodel", "tensorflow-graph"});
    const bool data = any_of_formats({"csv", "jsonl", "parquet", "arrow", "tar", "wav", "png", "jpeg", "gif", "webp"});
    if (subject.kind == Kind::dataset && weights && (plan.kind_given || !data)) {
        evidence.findings.push_back(
            {"subject.kind-mismatch", Severity::high, "it holds the weights of a model, and is judged as a dataset", {},
             "Under the wrong kind the rules for what it really is would not be asked.",
             "Judge it as a model, or keep weights and data apart."});
    }
    if (!plan.kind_given) return;
    const bool manifest = plan.shape == SubjectPlan::Shape::manifest;
    const bool package = manifest || has_format("wheel") || std::any_of(evidence.formats.begin(), evidence.formats.end(), is_tar_package);
    const bool container = manifest || plan.shape == SubjectPlan::Shape::oci_layout;
    if ((subject.kind == Kind::package && !package) || (subject.kind == Kind::container && !container)) {
        evidence.findings.push_back(
            {"subject.kind-mismatch", Severity::high,
             "the content is no " + std::string(to_string(subject.kind)) + " that can be told", {},
             "Under the wrong kind the rules for what it really is would not be asked.",
             "Leave --kind out, or name the kind that it is."});
    }
}

}  // namespace headgate::pipeline
