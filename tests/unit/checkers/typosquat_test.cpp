// Near misses of popular names, and the honest names beside them.
#include <catch2/catch.hpp>

#include "checkers/name_forms.hpp"
#include "checkers/near_names.hpp"
#include "unit/checkers/name_fixture.hpp"

using namespace headgate;
using namespace headgate::checkers;

namespace {

/// "kind severity target" of the only finding, "" when there is none.
std::string verdict(const std::string& reference) {
    Bench bench(typosquat_checker());
    bench.member(reference);
    if (bench.status != RunStatus::complete) return "error";
    if (bench.findings.empty()) return {};
    CHECK(bench.findings.size() == 1);
    const Finding& finding = bench.findings.front();
    CHECK(finding.where.line == 7U);
    CHECK_FALSE(finding.fix.empty());
    return finding.id.substr(10) + " " + std::string(to_string(finding.severity));
}

}  // namespace

TEST_CASE("kinds of edit") {
    CHECK(edit_between("requests", "requessts") == EditKind::repetition);
    CHECK(edit_between("requests", "reqeusts") == EditKind::transposition);
    CHECK(edit_between("requests", "requsts") == EditKind::omission);
    CHECK(edit_between("requests", "request") == EditKind::plural);
    CHECK(edit_between("requests", "requestd") == EditKind::keyboard);
    CHECK(edit_between("requests", "reque5ts") == EditKind::look_alike);
    CHECK(edit_between("requests", "xrequests") == EditKind::insertion);
    CHECK(edit_between("requests", "requestz") == EditKind::keyboard);
    CHECK(edit_between("requests", "pequests") == EditKind::substitution);
    CHECK(edit_between("requests", "requests2") == EditKind::version);
    CHECK(edit_between("requests", "re-quests") == EditKind::separator);
    CHECK_FALSE(edit_between("requests", "requests"));
    CHECK_FALSE(edit_between("requests", "rquest"));
    CHECK_FALSE(edit_between("", ""));
    CHECK_FALSE(edit_between("ab", "ba-"));
}

TEST_CASE("a moved character, and the word that was edited") {
    CHECK(is_moved("botocore", "botoceor"));
    CHECK(is_moved("react", "rceat"));
    CHECK_FALSE(is_moved("react", "raect"));  // neighbours: a transposition
    CHECK_FALSE(is_moved("react", "react"));
    CHECK_FALSE(is_moved("react", "abcde"));
    CHECK_FALSE(is_moved("", ""));
    CHECK(edited_word_length("observable-fns", "observable-fs") == 3);
    CHECK(edited_word_length("requests", "requsts") == 8);
    CHECK(edited_word_length("", "") == 0);
}

TEST_CASE("hashes of deletions are those of the shortened texts") {
    std::vector<std::uint64_t> hashes;
    const std::string text = "requests";
    hash_deletions(text, hashes);
    REQUIRE(hashes.size() == text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string shorter = text;
        shorter.erase(i, 1);
        CHECK(hashes[i] == hash_form(Form::near, shorter));
    }
    hash_deletions("", hashes);
    CHECK(hashes.empty());
}

TEST_CASE("a built index finds each name and every near miss of it") {
    const Bytes bytes = build_name_index({"requests", "numpy", "@scope/package-name", "abc"}, *parse_instant("2026-04-01T00:00:00Z"));
    const auto index = NameIndex::open(bytes);
    REQUIRE(index);
    CHECK(format_instant(index->as_of()) == "2026-04-01T00:00:00Z");
    CHECK(index->find("numpy") == 1U);
    CHECK_FALSE(index->find("nump"));
    for (const char* name : {"requessts", "requsts", "reqeusts", "nunpy", "numpyy", "xnumpy", "package-name", "scope-package-name", "name-package-scope"}) {
        CAPTURE(name);
        CHECK(nearest_protected(*index, "npm", name));
    }
    for (const char* name : {"requests", "abd", "something-else", "", "x", "num"}) {
        CAPTURE(name);
        CHECK_FALSE(nearest_protected(*index, "npm", name));
    }
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        CHECK_FALSE(NameIndex::open(ByteView(bytes).first(length)));
    }
    Bytes wrong = bytes;
    for (std::size_t i = 28; i < wrong.size(); ++i) wrong[i] = 0xFF;  // offsets that lead nowhere
    const auto broken = NameIndex::open(wrong);
    REQUIRE(broken);
    CHECK_FALSE(nearest_protected(*broken, "npm", "requessts"));
}

TEST_CASE("slips of the finger are high, guesses are not, popular names are silent") {
    CHECK(verdict("pkg:pypi/requessts@1") == "repetition high");
    CHECK(verdict("pkg:pypi/reqeusts@1") == "transposition high");
    CHECK(verdict("pkg:pypi/requsts") == "omission high");
    CHECK(verdict("pkg:pypi/reque5ts") == "look-alike medium");
    CHECK(verdict("pkg:npm/raect") == "transposition high");
    CHECK(verdict("pkg:npm/@bable/core@1.0.0") == "transposition high");
    CHECK(verdict("pkg:pypi/botoceor") == "moved medium");
    CHECK(verdict("pkg:npm/jquery.js") == "suffix low");
    CHECK(verdict("pkg:npm/observable-fs") == "omission medium");  // a short word has honest neighbours
    CHECK(verdict("pkg:pypi/requests") == "");
    CHECK(verdict("pkg:pypi/Requests") == "");
    CHECK(verdict("pkg:npm/react") == "");
    CHECK(verdict("pkg:pypi/headgate-has-no-neighbour") == "");
    CHECK(verdict("pkg:conda/reqeusts") == "");  // no list for this ecosystem
}

TEST_CASE("images: official names and registries") {
    CHECK(verdict("oci:pyhton:3.12") == "transposition high");
    CHECK(verdict("oci:ngnix") == "transposition high");
    CHECK(verdict("oci:python:3.12") == "");
    CHECK(verdict("oci:someone/pyhton") == "transposition medium");
    CHECK(verdict("oci:someone/python") == "");
    CHECK(verdict("oci:hbu.example/tool") == "transposition high");
    CHECK(verdict("oci:hub.example/tool") == "");
    CHECK(verdict("oci:d0cker.io/library/python") == "look-alike high");
}

TEST_CASE("hub organisations, never model names") {
    CHECK(verdict("hf:meta-lIama/Llama-3") == "look-alike high");
    CHECK(verdict("hf:mistral-ai/x") == "separator medium");
    CHECK(verdict("hf:meta-llama/Llama-3") == "");
    CHECK(verdict("hf:meta-llama/Lama-3") == "");
    CHECK(verdict("hf-dataset:gogle/x") == "omission medium");
}

TEST_CASE("aliases, internal names, names of the policy, allowed names") {
    Requirement alias;
    alias.reference = *parse_reference("pkg:npm/headgate-has-no-neighbour@1.0.0");
    alias.written = "react";
    Bench aliased(typosquat_checker());
    CHECK(aliased.member(alias).has("typosquat.alias"));
    alias.reference = *parse_reference("pkg:npm/preact@1.0.0");  // popular itself
    CHECK(aliased.member(alias).clean());

    // A scope is part of the name: this is no alias of react.
    CHECK(Bench(typosquat_checker()).bare("pkg:npm/@nobody-at-all/react@1.0.0").clean());

    Bench bench(typosquat_checker());
    CHECK(bench.member("pkg:pypi/acme-reqeusts").clean());
    CHECK(bench.member("pkg:npm/@acme/reqeusts").clean());
    CHECK(bench.member("pkg:npm/@acmme/tool").has("typosquat.repetition"));
    CHECK(bench.member("hf:acmee/model").has("typosquat.repetition"));

    Bench own(typosquat_checker());
    own.policy.protected_names = {{"pypi", false, {"Our.Tool"}, "names.txt", ""}};
    CHECK(own.member("pkg:pypi/our-tol").has("typosquat.omission"));
    CHECK(own.member("pkg:pypi/our-tool").clean());
    CHECK(own.member("pkg:pypi/reqeusts").clean());  // builtin is off

    Bench allowed(typosquat_checker());
    allowed.settings.set("allow", std::vector<std::string>{"pkg:pypi/reqeusts"});
    CHECK(allowed.member("pkg:pypi/reqeusts@1").clean());
    allowed.settings.set("allow", std::vector<std::string>{"nonsense"});
    CHECK(allowed.member("pkg:pypi/reqeusts@1").status == RunStatus::error);

    Requirement computed;
    computed.dynamic = true;
    CHECK(Bench(typosquat_checker()).member(computed).has("typosquat.computed"));
    Bench bare(typosquat_checker());
    CHECK(bare.bare("pkg:pypi/reqeusts").has("typosquat.transposition"));
    CHECK(Bench(typosquat_checker()).manifest().clean());
}

TEST_CASE("a name that a policy protects is no less a look-alike of a popular one") {
    Bench bench(typosquat_checker());
    bench.policy.protected_names = {{"pypi", true, {"reqeusts"}, "names.txt", ""}};
    CHECK(bench.member("pkg:pypi/reqeusts").has("typosquat.transposition"));
    bench.policy.protected_names = {{"pypi", true, {"our-own-thing"}, "names.txt", ""}};
    CHECK_FALSE(bench.member("pkg:pypi/our-own-thing").has("typosquat.transposition"));
}
