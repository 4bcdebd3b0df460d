// A policy, a subject and its facts, judged by one of the checkers about names.
#pragma once

#include <algorithm>
#include <string>

#include "checkers/all.hpp"
#include "checkers/names.hpp"
#include "pipeline/decide.hpp"

namespace headgate::checkers {

/// Default settings of a checker, as the policy loader fills them in.
inline Settings default_settings(const Checker& checker) {
    Settings settings;
    for (const SettingSpec& spec : checker.settings) {
        if (spec.type == SettingType::flag) {
            settings.set(std::string(spec.key), spec.fallback == "true");
        } else if (spec.type == SettingType::text) {
            settings.set(std::string(spec.key), std::string(spec.fallback));
        } else if (spec.type == SettingType::integer) {
            settings.set(std::string(spec.key), std::int64_t{std::stol(std::string(spec.fallback))});
        } else if (spec.type == SettingType::duration) {
            if (const auto seconds = parse_duration(spec.fallback)) settings.set(std::string(spec.key), *seconds);
        } else {
            std::vector<std::string> items;
            std::string item;
            for (const char c : std::string(spec.fallback) + ",") {
                if (c != ',') {
                    item += c;
                } else if (!item.empty()) {
                    items.push_back(item);
                    item.clear();
                }
            }
            settings.set(std::string(spec.key), items);
        }
    }
    return settings;
}

struct Bench {
    const Checker& checker;
    Policy policy;
    Settings settings;
    Subject subject;
    Evidence evidence;
    RunStatus status = RunStatus::did_not_run;
    std::vector<Finding> findings;
    Instant now = {};

    explicit Bench(const Checker& which) : checker(which), settings(default_settings(which)) {
        policy.registries = {{"pypi", {"https://pypi.example", "https://files.pypi.example"}},
                             {"npm", {"https://registry.npm.example"}},
                             {"conda", {"https://conda.example"}},
                             {"maven", {"https://maven.example"}},
                             {"golang", {"https://proxy.example"}},
                             {"oci", {"hub.example", "docker.io"}},
                             {"hf", {"https://hub.example"}}};
        policy.internal = {{"pypi", {"acme-*"}, {"https://pypi.corp.example/simple"}, true, {}},
                           {"npm", {"@acme/*"}, {"https://npm.corp.example"}, true, {}},
                           {"oci", {"base/**"}, {"registry.corp.example:5000"}, true, {}},
                           {"hf", {"acme/*"}, {}, true, {}},
                           {"conda", {"acme-*"}, {"https://conda.corp.example"}, true, {}},
                           {"golang", {"git.corp.example/**"}, {"git.corp.example"}, true, {}}};
    }

    /// Judges one entry of a manifest.
    Bench& member(const std::string& reference, const std::string& url = {}, std::vector<std::string> integrity = {}) {
        Requirement requirement;
        const auto parsed = parse_reference(reference);
        if (parsed) requirement.reference = *parsed;
        requirement.written = requirement.reference.name;
        requirement.url = url;
        requirement.integrity = std::move(integrity);
        requirement.pinned = !requirement.reference.version.empty() || !requirement.reference.digest.empty();
        if (requirement.reference.scheme == "oci" && url.empty()) requirement.url = requirement.reference.space;
        return member(requirement);
    }
    Bench& member(const Requirement& requirement) {
        evidence.requirements = {requirement};
        subject.reference = requirement.reference;
        subject.ref = requirement.reference.canonical;
        subject.kind = requirement.reference.scheme == "oci" ? Kind::container : Kind::package;
        subject.named_at = Location{"manifest", {}, std::nullopt, 7U};
        return run();
    }
    /// Judges the manifest itself, with its facts as they are in `evidence`.
    Bench& manifest() {
        evidence.formats = {{{}, "manifest:requirements.txt", true, false}};
        subject.named_at.reset();
        subject.reference = *parse_reference("file:requirements.txt");
        subject.kind = Kind::package;
        subject.has_bytes = true;
        return run();
    }
    Bench& bare(const std::string& reference, bool bytes = false) {
        const auto parsed = parse_reference(reference);
        if (parsed) subject.reference = *parsed;
        subject.ref = subject.reference.canonical;
        subject.has_bytes = bytes;
        return run();
    }
    Bench& run() {
        const CheckRun result = checker.run({subject, evidence, settings, policy, pipeline::rule_data(), now});
        status = result.status;
        findings = result.findings;
        return *this;
    }
    void option(IndexOption::Role role, const std::string& url, const std::string& ecosystem = "pypi", const std::string& names = {}) {
        evidence.index_options.push_back({{"manifest", {}, {}, 1U}, role, ecosystem, url, "--option", names});
    }

    bool has(std::string_view id) const {
        return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.id == id; });
    }
    bool clean() const { return status == RunStatus::complete && findings.empty(); }
};

}  // namespace headgate::checkers
