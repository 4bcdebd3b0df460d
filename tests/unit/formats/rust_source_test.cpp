// What build scripts of crates reach for, followed through `use`.
#include "formats/rust_source.hpp"

#include <catch2/catch.hpp>

#include "examined.hpp"

using namespace headgate;

namespace {

std::string look(std::string_view source) {
    Evidence evidence;
    const Limits limits;
    Budget budget(limits);
    formats::ParseContext context{limits, budget, evidence, "build.rs", {}, 0};
    REQUIRE(tests::shipped_words() != nullptr);
    formats::examine_rust(as_bytes(source), *tests::shipped_words(), context);
    std::string all;
    for (const Trait& trait : evidence.traits) all += (all.empty() ? "" : " ") + trait.trait + ":" + std::to_string(trait.where.line.value_or(0));
    return all;
}

}  // namespace

TEST_CASE("rust: paths count as they are imported, renamed or written out") {
    CHECK(look("use std::process::Command;\n") == "process-at-install:1");
    CHECK(look("fn main() {\n    std::net::TcpStream::connect(\"x\");\n}\n") == "network-at-install:2");
    CHECK(look("use std::{\n    net::{self, TcpStream},\n    fs,\n};\n") == "network-at-install:2");
    CHECK(look("use std::net as n;\nfn f() { n::UdpSocket::bind(\"x\"); }\n") == "network-at-install:2");
    CHECK(look("use std::env;\nfn f() { for (k, v) in env::vars() {} }\n") == "environment-at-install:2");
    CHECK(look("use std::env;\nfn f() { env::var(\"OUT_DIR\"); }\n").empty());
    CHECK(look("let a = reqwest::blocking::get(u);\n") == "network-at-install:1");
    CHECK(look("let a = my_reqwest::get(u);\n").empty());
}

TEST_CASE("rust: comments, texts, letters and lifetimes are none") {
    CHECK(look("// std::process::Command\n/* a /* std::net::TcpStream */ b */\n").empty());
    CHECK(look("let a = \"std::process::Command \\\" x\"; let b = r#\"std::net::TcpStream \"# ;\n").empty());
    CHECK(look("let c = '\"'; let d = '\\''; fn f<'a>(x: &'a str) {} std::process::Command::new(x);\n") == "process-at-install:1");
}

TEST_CASE("rust: every prefix of a source is read to its end") {
    const std::string source = "use std::{net::{self, TcpStream as T}, fs}; /* a */ let b = r##\"x\"##; let c = '\\u{41}'; T::connect(b\"\\\"\")";
    for (std::size_t length = 0; length <= source.size(); ++length) CHECK(look(std::string_view(source).substr(0, length)).size() < 200);
}
