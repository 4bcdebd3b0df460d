// Dockerfile: every construct that pulls an image.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;

namespace {

const std::string kHash(64, 'a');

std::vector<std::string> images(const std::string& text) { return Parsed("Dockerfile", text).names(); }

}  // namespace

TEST_CASE("FROM, stages, platform, digest") {
    const Parsed parsed("Dockerfile",
                        "# syntax=docker/dockerfile:1\n"
                        "# a comment\n"
                        "FROM --platform=$BUILDPLATFORM registry.example:5000/base/img@sha256:" + kHash + " AS build\n"
                        "RUN make \\\n  # inside\n\n  && make install\n"
                        "FROM build AS second\n"
                        "COPY --from=build /a /a\nCOPY --from=0 /b /b\nCOPY --from=tools.example/tool:1 /c /c\n"
                        "RUN --mount=type=bind,from=cache.example/x,target=/x true\n"
                        "ONBUILD COPY --from=late.example/y /y /y\n"
                        "FROM scratch\n");
    CHECK(parsed.understood);
    CHECK(parsed.names() == std::vector<std::string>{"oci:docker.io/docker/dockerfile:1",
                                                     "oci:registry.example:5000/base/img@sha256:" + kHash,
                                                     "oci:tools.example/tool:1", "oci:cache.example/x",
                                                     "oci:late.example/y"});
    CHECK(parsed.facts.requirements[1].pinned);
    CHECK(parsed.facts.requirements[1].where.line == 3U);
    CHECK(parsed.facts.requirements[1].integrity == std::vector<std::string>{"sha256:" + kHash});
    CHECK_FALSE(parsed.facts.requirements[2].pinned);
}

TEST_CASE("build arguments: defaults are real images, the rest is dynamic") {
    CHECK(images("ARG BASE=python\nARG TAG=\"3.12\"\nFROM ${BASE}:${TAG}\n") == std::vector<std::string>{"oci:docker.io/library/python:3.12"});
    CHECK(images("FROM ${BASE:-ngnix}\n") == std::vector<std::string>{"oci:docker.io/library/ngnix"});
    CHECK(images("ARG V\nFROM a:${V:-1}${V:+x}\n") == std::vector<std::string>{"oci:docker.io/library/a:1"});
    for (const char* text : {"ARG BASE\nFROM $BASE\n", "FROM $UNKNOWN\n", "FROM a:${V#x}\n", "FROM x\nCOPY --from=$Y a b\n"}) {
        CAPTURE(text);
        const Parsed parsed("Dockerfile", text);
        REQUIRE_FALSE(parsed.facts.requirements.empty());
        CHECK(parsed.facts.requirements.back().dynamic);
    }
}

TEST_CASE("here-documents, escapes and stage names") {
    CHECK(images("FROM a\nRUN <<EOF\nFROM fake\nEOF\nCOPY --from=b.example/b x y\n") ==
          std::vector<std::string>{"oci:docker.io/library/a", "oci:b.example/b"});
    CHECK(images("# escape=`\nFROM a `\n AS b\nFROM b\n") == std::vector<std::string>{"oci:docker.io/library/a"});
    CHECK(images("FROM a AS Build\nFROM BUILD\n").size() == 1);
    CHECK(images("from a\n").size() == 1);
    CHECK_FALSE(Parsed("Dockerfile", "FROM a\nRUN <<EOF\nx\n").understood);
}

TEST_CASE("ADD from the network") {
    const Parsed parsed("Dockerfile", "FROM a\nADD https://files.example/x.tgz /x\nADD --checksum=sha256:" + kHash +
                                          " https://files.example/y.tgz /y\nADD local.txt /z\nADD [\"https://files.example/w\", \"/w\"]\n");
    REQUIRE(parsed.facts.requirements.size() == 4);
    CHECK(parsed.facts.requirements[1].source == Requirement::Source::url);
    CHECK(parsed.facts.requirements[1].integrity.empty());
    CHECK(parsed.facts.requirements[2].pinned);
    CHECK(parsed.facts.requirements[3].reference.canonical == "https://files.example/w");
}

TEST_CASE("what a container starts is what RUN and COPY wrote") {
    const std::string fetch = "FROM scratch\nRUN curl -o /f https://e.example/x\n";
    const std::vector<std::string> place = {"https://e.example/x"};
    for (const char* text : {"CMD [\"sh\", \"/f\"]\n", "ENTRYPOINT [\"/f\"]\n", "ENTRYPOINT /f\n", "HEALTHCHECK CMD /f\n", "ENV BASH_ENV=/f\nRUN bash -c true\n", "FROM scratch\nCOPY --from=0 /f /g\nRUN sh /g\n", "FROM scratch\nCOPY --from=0 [\"/f\", \"/bin/\"]\nCMD [\"/bin/f\"]\n"}) {
        CAPTURE(text);
        CHECK(images(fetch + text) == place);
    }
    CHECK(images("FROM scratch\nCMD [\"sh\", \"/f\"]\nRUN curl -o /f https://e.example/x\n") == place);
    CHECK(images("FROM scratch\nCOPY <<EOF /s.sh\npip install x\nEOF\nCMD [\"sh\", \"/s.sh\"]\n") == std::vector<std::string>{"pkg:pypi/x"});
    for (const char* text : {"CMD [\"sh\", \"/g\"]\n", "COPY g /g\nENTRYPOINT [\"/g\"]\n", "ENV BASH_ENV=/etc/bash_env\n", "FROM scratch\nCOPY --from=0 /g /h\nRUN sh /h\n", "HEALTHCHECK CMD curl -f http://localhost/\n"}) {
        CAPTURE(text);
        const Parsed parsed("Dockerfile", fetch + text);
        CHECK(parsed.understood);
        CHECK(parsed.names().empty());
    }
}

TEST_CASE("what is not understood is said") {
    for (const char* text : {"FRM a\n", "FROM\n", "FROM a b\n", "RUN x\n", "FROM a@sha256:12\n", "FROM a//b\n", "INCLUDE x\n",
                             "FROM --unknown=1 a\n", "FROM \xff\n"}) {
        CAPTURE(text);
        CHECK_FALSE(Parsed("Dockerfile", text).understood);
    }
    CHECK(Parsed("Dockerfile", "FROM A//b\n").has("dockerfile.invalid-image"));
    CHECK(Parsed("Dockerfile", "").understood);
    CHECK(intake::every_prefix("Dockerfile", "# syntax=a/b:1\nARG X=y\nFROM ${X:-z}@sha256:" + kHash +
                                                 " AS q\nRUN --mount=type=bind,from=r <<-\"E\"\n\tx\n\tE\nADD [\"https://a.example/b\",\"c\"]\nONBUILD RUN x\n"));
}
