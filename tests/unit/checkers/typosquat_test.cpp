// Near misses of popular names, and the honest names beside them.
#include <catch2/catch.hpp>

#include "checkers/name_forms.hpp"
#include "checkers/near_names.hpp"
#include "checkers/publishers.hpp"
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
    CHECK(edit_between("python3-logstash", "python-logstash") == EditKind::version);
    CHECK_FALSE(edit_between("requests", "requests"));
    CHECK_FALSE(edit_between("requests", "rquest"));
    CHECK_FALSE(edit_between("", ""));
    CHECK_FALSE(edit_between("ab", "ba-"));
}

TEST_CASE("a moved character, and the word that was edited") {
    CHECK(is_moved("botocore", "botoceor"));
    CHECK(is_moved("react", "rceat"));
    CHECK(is_moved("uglify", "uglyfi"));      // two changed about
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
    const Bytes bytes = build_name_index("npm", {"requests", "numpy", "@scope/package-name", "abc"}, *parse_instant("2026-04-01T00:00:00Z"));
    const auto index = NameIndex::open(bytes);
    REQUIRE(index);
    CHECK(format_instant(index->as_of()) == "2026-04-01T00:00:00Z");
    CHECK(index->find("numpy") == 1U);
    CHECK_FALSE(index->find("nump"));
    for (const char* name : {"requessts", "requsts", "reqeusts", "nunpy", "numpyy", "xnumpy", "package-name", "packagename", "scope-package-name", "name-package-scope",
                             "request-ss", "requests.js", "requests-node", "requests2", "package-name-1", "requests-official"}) {
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

TEST_CASE("a slip beside a separator is one, too, and says less") {
    const Bytes bytes = build_name_index("pypi", {"tls-client", "scikit-learn"}, *parse_instant("2026-04-01T00:00:00Z"));
    const auto index = NameIndex::open(bytes);
    REQUIRE(index);
    const auto both = nearest_protected(*index, "pypi", "scikitlaern");
    REQUIRE(both);
    CHECK(both->kind == EditKind::transposition);
    CHECK(both->severity == Severity::medium);
    const auto number = nearest_protected(*index, "pypi", "tlsclient3");
    REQUIRE(number);
    CHECK(number->kind == EditKind::version);
    CHECK(number->target == "tls-client");
}

TEST_CASE("an index of repositories knows whole names and what stands behind the slash") {
    const Bytes bytes = build_name_index("hf", {"one/model-7b", "two/other"}, *parse_instant("2026-04-01T00:00:00Z"), Lookups::repositories);
    const auto index = NameIndex::open(bytes);
    REQUIRE(index);
    CHECK(index->find("one/model-7b") == 0U);
    std::vector<std::string_view> found;
    index->candidates(hash_form(Form::basename, "model-7b"), [&](std::uint32_t number) { found.push_back(index->name(number)); });
    CHECK(found == std::vector<std::string_view>{"one/model-7b"});
    CHECK_FALSE(nearest_protected(*index, "hf", "one/model-7bb"));
}

TEST_CASE("forms of names") {
    CHECK(without_number("requests2") == "requests");
    CHECK(without_number("requests-v3") == "requests");
    CHECK(without_number("discord.js12.5.3") == "discord.js");
    CHECK(without_number("requests").empty());
    CHECK(without_number("2024").empty());
    CHECK(without_language("pypi", "python-dateutil") == "dateutil");
    CHECK(without_language("pypi", "dateutil-py") == "dateutil");
    CHECK(without_language("pypi", "python").empty());
    CHECK(without_language("pypi", "py-").empty());
    CHECK(without_language("npm", "typescriptjs") == "typescript");
    CHECK(without_language("npm", "@scope/node-thing") == "@scope/thing");
    CHECK(without_language("golang", "github.com/boltdb/go-bolt") == "github.com/boltdb/bolt");
    CHECK(without_language("maven", "java-thing").empty());
    CHECK(fold_name("golang", "github.com/Go-Redis/redis/v9") == "github.com/go-redis/redis");
    CHECK(fold_name("golang", "gopkg.in/yaml.v3") == "gopkg.in/yaml");
    CHECK(fold_name("golang", "example.com/v2x") == "example.com/v2x");
    CHECK(publisher_of("npm", "@azure/core") == "@azure");
    CHECK(publisher_of("npm", "core").empty());
    CHECK(publisher_of("golang", "github.com/spf13/cobra") == "github.com/spf13");
    CHECK(publisher_of("golang", "golang.org/x").empty());
    CHECK(same_publisher("npm", "@azure/core", "@azure/cores"));
    CHECK_FALSE(same_publisher("npm", "core", "cores"));
}

TEST_CASE("slips of the finger are high, guesses are not, popular names are silent") {
    CHECK(verdict("pkg:pypi/requessts@1") == "repetition high");
    CHECK(verdict("pkg:pypi/reqeusts@1") == "transposition high");
    CHECK(verdict("pkg:pypi/requsts") == "omission high");
    CHECK(verdict("pkg:pypi/equests") == "omission medium");           // without its first letter a word is another word
    CHECK(verdict("pkg:pypi/reque5ts") == "look-alike medium");
    CHECK(verdict("pkg:npm/raect") == "transposition high");
    CHECK(verdict("pkg:npm/@bable/core@1.0.0") == "transposition high");
    CHECK(verdict("pkg:pypi/botoceor") == "moved medium");
    CHECK(verdict("pkg:npm/jquery.js") == "suffix medium");
    CHECK(verdict("pkg:npm/observable-fs") == "omission medium");  // a short word has honest neighbours
    CHECK(verdict("pkg:pypi/pytarch") == "substitution medium");
    CHECK(verdict("pkg:npm/flot") == "substitution low");
    CHECK(verdict("pkg:pypi/requests2") == "version low");
    CHECK(verdict("pkg:pypi/py-dateutil") == "affix low");
    CHECK(verdict("pkg:pypi/requests-official") == "added-word low");
    CHECK(verdict("pkg:pypi/requests-headgate") == "");                // any other word is more often honest
    CHECK(verdict("pkg:pypi/dateutil-python") == "reorder medium");
    CHECK(verdict("pkg:npm/has-own") == "separator low");
    CHECK(verdict("pkg:pypi/requests") == "");
    CHECK(verdict("pkg:pypi/Requests") == "");
    CHECK(verdict("pkg:npm/react") == "");
    CHECK(verdict("pkg:pypi/headgate-has-no-neighbour") == "");
    CHECK(verdict("pkg:conda/reqeusts") == "");  // no list for this ecosystem
}

TEST_CASE("scopes: left out, flattened, misspelt; one owner is no look-alike of itself") {
    CHECK(verdict("pkg:npm/arm-appservice") == "scope-drop medium");
    CHECK(verdict("pkg:npm/azure-arm-appservice") == "scope-flatten low");
    CHECK(verdict("pkg:npm/arm-appservice-2") == "scope-drop medium");
    CHECK(verdict("pkg:npm/@azrue/headgate-has-no-neighbour") == "transposition high");
    CHECK(verdict("pkg:npm/@azure/headgate-has-no-neighbour") == "");
    CHECK(verdict("pkg:npm/@azure/arm-appservices") == "");           // whoever publishes @azure publishes both
    CHECK(Bench(typosquat_checker()).bare("pkg:npm/@headgate/react").clean());   // a scope of its own says who it is
}

TEST_CASE("Go: owners, hosts, major versions") {
    CHECK(verdict("pkg:golang/github.com/stretchr/testify@v1.9.0") == "");
    CHECK(verdict("pkg:golang/github.com/stretchr/testify/v9@v9.0.0") == "");
    CHECK(verdict("pkg:golang/github.com/stretchrr/testify") == "repetition high");
    CHECK(verdict("pkg:golang/gitlab.com/stretchr/testify") == "host-swap medium");
    CHECK(verdict("pkg:golang/github.com/stretchrr/headgate-none") == "repetition high");
    CHECK(verdict("pkg:golang/github.com/stretchr/testifyy") == "");  // the same owner
    CHECK(verdict("pkg:golang/github.com/stretchr-go/testify") == "affix medium");
    CHECK(verdict("pkg:golang/github.com/headgate-nobody/testify") == "");
}

TEST_CASE("letters of another script") {
    CHECK(verdict("pkg:nuget/N%D0%B5wtonsoft.Json") == "confusable high");         // reads Newtonsoft.Json
    CHECK(verdict("pkg:nuget/Headg%D0%B0te.None") == "confusable high");           // like nobody's, but mixed with Latin letters
    CHECK(verdict("pkg:nuget/%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82.Core") == "");   // an honest word of another language
    CHECK(verdict("pkg:maven/org.apach%D0%B5.commons/x") == "confusable high");
    CHECK(verdict("pkg:gem/%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82") == "confusable high");  // no registry of gems has such names
    CHECK_FALSE(parse_reference("pkg:pypi/requ%D0%B5sts").ok());                   // where such names are none at all
    CHECK_FALSE(parse_reference("pkg:npm/requ%D0%B5sts").ok());
    Bench bench(typosquat_checker());
    bench.member("pkg:cargo/s%D0%B5rde");
    REQUIRE(bench.findings.size() == 1);
    CHECK(bench.findings[0].message.find("looks like 'serde': letters of another script") != std::string::npos);
}

TEST_CASE("a second signal makes of a warning a denial, and of a note nothing") {
    const auto found = [](Requirement requirement, const std::string& reference) {
        requirement.reference = *parse_reference(reference);
        requirement.written = requirement.reference.name;
        Bench bench(typosquat_checker());
        bench.now = Instant{1'800'000'000};
        bench.member(requirement);
        return bench.findings.empty() ? std::string() : std::string(to_string(bench.findings[0].severity));
    };
    Requirement plain;
    CHECK(found(plain, "pkg:npm/typescriptjs@1.0.0") == "medium");
    CHECK(found(plain, "pkg:npm/typescriptjs@99.1.0") == "high");
    CHECK(found(plain, "pkg:npm/typescriptjs@2024.1.0") == "medium");
    CHECK(found(plain, "pkg:npm/typescriptjs@20240131.0.0") == "medium");
    CHECK(found(plain, "pkg:npm/has-own@99.0.0") == "low");
    Requirement script = plain;
    script.runs_install_script = true;
    CHECK(found(script, "pkg:npm/typescriptjs@1.0.0") == "high");
    CHECK(found(script, "pkg:pypi/pytarch@1.0.0") == "medium");       // many Python packages have no wheel
    script.source = Requirement::Source::git;
    CHECK(found(script, "pkg:npm/typescriptjs@1.0.0") == "medium");
    Requirement fresh = plain;
    fresh.released = 1'800'000'000 - 3 * 86'400;
    CHECK(found(fresh, "pkg:pypi/pytarch@1.0.0") == "high");
    fresh.released = 1'800'000'000 - 300 * 86'400LL;
    CHECK(found(fresh, "pkg:pypi/pytarch@1.0.0") == "medium");
    fresh.released = 1'800'000'000 + 86'400;                              // a clock that is wrong proves nothing
    CHECK(found(fresh, "pkg:pypi/pytarch@1.0.0") == "medium");
    Requirement local = plain;
    local.source = Requirement::Source::path;
    CHECK(found(local, "pkg:pypi/reqeusts@1.0.0").empty());
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

TEST_CASE("hub organisations, never model names; and the same name under an unlisted one") {
    CHECK(verdict("hf:headgate-nobody/bert-base-uncased") == "re-upload info");
    CHECK(verdict("hf:headgate-nobody/BERT-base-Uncased@main") == "re-upload info");
    CHECK(verdict("hf:headgate-nobody/headgate-none") == "");
    CHECK(verdict("hf:google/bert-base-uncased") == "");              // an organisation that is on the list
    CHECK(verdict("hf:acme/bert-base-uncased") == "");                // one's own
    CHECK(verdict("hf:headgate-nobody/tiny") == "");                  // a name that anybody gives
    CHECK(verdict("hf-dataset:headgate-nobody/ultrachat_200k") == "re-upload info");
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
    own.policy.protected_names = {{"pypi", false, {"other.thing"}, "names.txt", ""}};   // nothing is left of the former policy
    CHECK(own.member("pkg:pypi/our-tol").clean());
    CHECK(own.member("pkg:pypi/other-thingg").has("typosquat.repetition"));

    Bench allowed(typosquat_checker());
    allowed.settings.set("allow", std::vector<std::string>{"pkg:pypi/reqeusts"});
    CHECK(allowed.member("pkg:pypi/reqeusts@1").clean());
    allowed.settings.set("allow", std::vector<std::string>{"hf:headgate-lab/**", "pkg:npm/@headgate-lab/*"});
    CHECK(allowed.member("hf:headgate-lab/bert-base-uncased").clean());
    CHECK(allowed.member("hf:headgate-lba/x").has("typosquat.transposition"));     // of an organisation that is allowed
    CHECK(allowed.member("pkg:npm/@headgate-lba/x@1.0.0").has("typosquat.transposition"));
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
