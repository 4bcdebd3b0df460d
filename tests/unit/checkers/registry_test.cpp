// Allowed registries, hubs and URLs.
#include <catch2/catch.hpp>

#include "checkers/base_image.hpp"
#include "checkers/sources.hpp"
#include "unit/checkers/name_fixture.hpp"

using namespace headgate;
using namespace headgate::checkers;

TEST_CASE("places") {
    const auto place = parse_place("https://User:secret@Host.Example:443/a/b#x");
    REQUIRE(place);
    CHECK(place->host == "host.example");
    CHECK(place->path == "a/b");
    CHECK(parse_place("git@git.example:acme/x.git")->host == "git.example");
    CHECK(parse_place("host.example")->host == "host.example");
    CHECK(parse_place("http://host.example/")->insecure);
    CHECK(parse_place("git+ssh://git@git.example/a")->host == "git.example");
    CHECK(parse_place("./wheels")->local);
    CHECK(parse_place("file:../x")->local);
    CHECK(parse_place("s3://models.acme.example/x")->host == "s3://models.acme.example");
    CHECK_FALSE(parse_place("").has_value());
    CHECK_FALSE(parse_place("https://${HOST}/x").has_value());
}

TEST_CASE("plain URLs are read quickly, and as thoroughly as others") {
    // A scheme in capitals takes the thorough way.
    for (const char* rest : {"host.example/a/b", "host.example/@scope/name/-/name-1.0.0.tgz", "Host.Example:443/a/", "host.example:8443/a_b~c+d",
                             "index.docker.io/library/x", "host.example/", "host.example", "host.example//a", "host.example/a//", "host.example/./a",
                             "host.example/a/..", "host.example/a%2fb", "host.example/a?b#c", "host.example/a b", "user@host.example/a", "/a", "",
                             "${HOST}/a", "host.example/a\\b", "host..example/a", "host.example:/a", "host.example/\xc3\xa9"}) {
        CAPTURE(rest);
        for (int again = 0; again < 2; ++again) {
            const auto quick = parse_place("https://" + std::string(rest));
            const auto thorough = parse_place("HTTPS://" + std::string(rest));
            REQUIRE(quick.has_value() == thorough.has_value());
            if (!quick) continue;
            CHECK(quick->host == thorough->host);
            CHECK(quick->path == thorough->path);
            CHECK(quick->local == thorough->local);
            CHECK(quick->insecure == thorough->insecure);
        }
    }
}

TEST_CASE("below a prefix means the same host and whole path segments") {
    const auto below = [](const std::string& url, const std::string& prefix) {
        const auto place = parse_place(url);
        return place && lies_below(*place, prefix);
    };
    CHECK(below("https://host.example/simple/x", "https://host.example/simple"));
    CHECK(below("https://host.example/simple", "https://host.example/simple/"));
    CHECK(below("https://host.example/x", "host.example"));
    CHECK_FALSE(below("https://host.example/simplex", "https://host.example/simple"));
    CHECK_FALSE(below("https://host.example.evil.example/simple", "https://host.example"));
    CHECK_FALSE(below("http://host.example/simple", "https://host.example/simple"));
    CHECK_FALSE(below("https://host.example:8443/simple", "https://host.example/simple"));
    CHECK_FALSE(below("https://host.example@evil.example/simple", "https://host.example"));
    // Anybody can make a bucket that is called like a host.
    CHECK_FALSE(below("s3://host.example/x", "https://host.example"));
    CHECK_FALSE(below("s3://host.example/x", "host.example"));
    CHECK_FALSE(below("https://bucket/x", "s3://bucket"));
    CHECK(below("s3://bucket/a/x", "s3://bucket/a"));
}

TEST_CASE("members come from the default registry or from an allowed place") {
    Bench bench(registry_checker());
    CHECK(bench.member("pkg:pypi/x@1").clean());
    CHECK(bench.member("pkg:npm/x@1", "https://registry.npm.example/x/-/x-1.tgz").clean());
    CHECK(bench.member("pkg:npm/@acme/x@1", "https://npm.corp.example/@acme/x/-/x-1.tgz").clean());
    CHECK(bench.member("pkg:npm/x@1", "https://evil.example/x/-/x-1.tgz").has("registry.not-allowed"));
    CHECK(bench.findings.front().where.line == 7U);
    CHECK(bench.member("pkg:npm/x@1", "http://registry.npm.example/x/-/x-1.tgz").has("registry.insecure"));
    CHECK(bench.member("pkg:npm/x@1", "https://registry.npm.example.evil.example/x/-/x-1.tgz").has("registry.not-allowed"));
    CHECK(bench.member("pkg:npm/x@1", "https://${HOST}/x").has("registry.not-allowed"));
    CHECK(bench.member("oci:hub.example/x:1").clean());
    CHECK(bench.member("oci:evil.example/x:1").has("registry.not-allowed"));
    CHECK(bench.member("oci:python").clean());
    CHECK(bench.member("hf:org/x").clean());
    CHECK(bench.member("pkg:gem/x@1").has("registry.not-allowed"));  // no public registry is known for it
}

TEST_CASE("names of a hub are asked for where HF_ENDPOINT says") {
    Bench bench(registry_checker());
    bench.option(IndexOption::Role::primary, "https://evil.example", "hf");
    CHECK(bench.member("hf:org/x").has("registry.not-allowed"));
    CHECK(bench.findings.front().message.find("evil.example") != std::string::npos);
    CHECK(bench.member("pkg:pypi/x@1").clean());
    bench.evidence.index_options.clear();
    bench.option(IndexOption::Role::primary, "https://hub.example/mirror", "hf");
    CHECK(bench.member("hf:org/x").clean());
}

TEST_CASE("models by URL: of the hub, of a bucket, of nobody") {
    Bench bench(registry_checker());
    const auto judged = [&](const std::string& url) -> Bench& {
        Requirement requirement;
        requirement.reference = *parse_reference(url);
        requirement.source = Requirement::Source::url;
        requirement.url = requirement.reference.base;
        bench.evidence.requirements = {requirement};
        bench.subject.reference = requirement.reference;
        bench.subject.kind = Kind::model;
        bench.subject.named_at = Location{"a.py", {}, std::nullopt, 1U};
        return bench.run();
    };
    CHECK(judged("https://hub.example/datasets/a/b/resolve/main/x.csv").clean());
    CHECK(judged("https://evil.example/x.csv").has("registry.not-allowed"));
    CHECK(judged("s3://bucket/x").has("registry.not-allowed"));
    bench.settings.set("allow", std::vector<std::string>{"s3://bucket/x"});
    CHECK(judged("s3://bucket/x/y").clean());
    CHECK(judged("s3://bucket/xy").has("registry.not-allowed"));
}

TEST_CASE("the setting `allow` narrows and widens") {
    Bench bench(registry_checker());
    bench.settings.set("allow", std::vector<std::string>{"internal", "https://files.example/wheels", "oci:ghost.example/acme/**", "hf:meta/*"});
    CHECK(bench.member("pkg:pypi/x@1").has("registry.not-allowed"));
    CHECK(bench.member("pkg:pypi/x@1", "https://pypi.corp.example/simple").clean());
    CHECK(bench.member("pkg:pypi/x@1", "https://files.example/wheels/x.whl").clean());
    CHECK(bench.member("pkg:pypi/x@1", "https://files.example/other/x.whl").has("registry.not-allowed"));
    CHECK(bench.member("oci:ghost.example/acme/x").clean());
    CHECK(bench.member("oci:ghost.example/other/x").has("registry.not-allowed"));
    CHECK(bench.member("hf:meta/x").clean());
    CHECK(bench.member("hf:other/x").has("registry.not-allowed"));
    bench.settings.set("allow", std::vector<std::string>{"not a place"});
    CHECK(bench.member("pkg:pypi/x@1").status == RunStatus::error);
}

TEST_CASE("paths, workspaces and computed names") {
    Bench bench(registry_checker());
    Requirement path;
    path.reference = *parse_reference("file:local/x");
    path.source = Requirement::Source::path;
    path.url = "./local/x";
    CHECK(bench.member(path).has("registry.local-path"));
    bench.settings.set("local-paths", true);
    CHECK(bench.member(path).clean());
    path.url = "../outside";
    CHECK(bench.member(path).has("registry.local-path"));
    path.source = Requirement::Source::workspace;
    CHECK(bench.member(path).clean());
    path.dynamic = true;
    CHECK(bench.member(path).has("registry.computed"));
}

TEST_CASE("options of the manifest are judged once") {
    using Role = IndexOption::Role;
    Bench bench(registry_checker());
    bench.option(Role::primary, "https://pypi.corp.example/simple");
    CHECK(bench.manifest().clean());
    bench.option(Role::extra, "https://evil.example/simple");
    bench.option(Role::trusted_host, "evil.example");
    bench.option(Role::find_links, "http://files.example/");
    bench.option(Role::find_links, "./wheels");
    bench.manifest();
    CHECK(bench.has("registry.not-allowed"));
    CHECK(bench.has("registry.trusted-host"));
    CHECK(bench.has("registry.insecure"));
    CHECK(bench.findings.size() == 4);
    Bench member(registry_checker());
    member.option(Role::primary, "https://evil.example/simple");
    CHECK(member.member("pkg:pypi/x@1").clean());
    member.subject.named_at.reset();
    CHECK(member.manifest().has("registry.not-allowed"));
}

TEST_CASE("an assertion never satisfies the rule") {
    Bench bench(registry_checker());
    CHECK(bench.bare("hf:meta/x", true).has("registry.asserted"));
    CHECK(bench.bare("pkg:pypi/x").has("registry.asserted"));
    CHECK(bench.bare("file:x.pkl", true).has("registry.asserted"));
    bench.settings.set("bare-names", std::string("judge"));
    CHECK(bench.bare("pkg:pypi/x").clean());
    CHECK(bench.bare("pkg:pypi/x?repository_url=https://evil.example/simple").has("registry.not-allowed"));
    CHECK(bench.bare("oci:evil.example/x").has("registry.not-allowed"));
    CHECK(bench.bare("hf:meta/x", true).has("registry.asserted"));  // with bytes it stays an assertion
    bench.subject.origin = Origin::recorded;
    CHECK(bench.bare("oci:hub.example/x", true).clean());
}

TEST_CASE("channels of conda that are named alone lie below the public registry") {
    Bench bench(registry_checker());
    bench.option(IndexOption::Role::primary, "conda-forge", "conda");
    CHECK(bench.manifest().clean());
    bench.option(IndexOption::Role::extra, "https://conda.other.example/x", "conda");
    CHECK(bench.manifest().has("registry.not-allowed"));
    CHECK(bench.member("pkg:conda/numpy@1", "conda-forge").clean());
    CHECK(bench.member("pkg:pypi/numpy@1", "conda-forge").has("registry.local-path"));   // to pip it is a folder
}

TEST_CASE("archives on hosts of their own, and sources for some names, must be allowed too") {
    Bench bench(registry_checker());
    Requirement requirement;
    requirement.reference = *parse_reference("pkg:pypi/requests@1");
    requirement.url = "https://pypi.example/simple";
    requirement.files = {"https://files.pypi.example/requests-1.whl"};
    CHECK(bench.member(requirement).clean());
    requirement.files = {"https://evil.example/requests-1.whl"};
    CHECK(bench.member(requirement).has("registry.not-allowed"));
    Bench scoped(registry_checker());
    scoped.option(IndexOption::Role::scoped, "https://elsewhere.example", "npm", "@x/*");
    CHECK(scoped.manifest().has("registry.not-allowed"));
}

TEST_CASE("what an image was built on") {
    Bench bench(registry_checker());
    bench.subject.kind = Kind::container;
    const auto judged = [&](const std::vector<std::string>& patterns) {
        std::vector<std::string> ids;
        for (const Finding& one : judge_bases({bench.subject, bench.evidence, bench.settings, bench.policy, pipeline::rule_data(), {}}, patterns)) ids.push_back(one.id);
        return ids;
    };
    using Ids = std::vector<std::string>;
    const std::vector<std::string> ours = {"oci:registry.example/base/**"};
    CHECK(judged({"**"}).empty());
    CHECK(judged(ours) == Ids{"registry.base-unknown"});            // nobody has looked
    const auto image = [](const std::string& name, const std::string& digest) {
        Configuration one{{"blobs/sha256/a", {}, {}, {}}, "image", {}};
        if (!name.empty()) one.fields.push_back({"/base/name", PredicateField::Type::text, name});
        if (!digest.empty()) one.fields.push_back({"/base/digest", PredicateField::Type::text, digest});
        return one;
    };
    const std::string digest = "sha256:" + std::string(64, 'a');
    bench.evidence.configurations = {image("registry.example/base/debian:12", digest), image("registry.example/base/debian@" + digest, "")};
    CHECK(judged(ours).empty());
    CHECK(judged({"oci:registry.example/base/debian@" + digest}).empty());
    bench.evidence.configurations.push_back(image("", digest));
    CHECK(judged(ours) == Ids{"registry.base-unknown"});
    for (const char* const other : {"docker.io/library/debian:12", "debian", "registry.example/other/debian:12", "registry.example.evil.example/base/debian", "not a name", "../registry.example/base/x"}) {
        CAPTURE(other);
        bench.evidence.configurations = {image("registry.example/base/debian:12", digest), image(other, digest)};
        CHECK(judged(ours) == Ids{"registry.base-not-allowed"});
    }
    CHECK(judged({}).size() == 2);
    bench.subject.kind = Kind::model;
    CHECK(judged(ours).empty());
}
