// A file that only grows.
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

#include "io/append_file.hpp"
#include "io/atomic_file.hpp"
#include "io/file_source.hpp"
#include "recipes/temporary_folder.hpp"

using namespace headgate;
using namespace headgate::io;

namespace {

std::string text_at(const std::string& path) {
    const auto bytes = read_file(path, 1U << 24U);
    return bytes.ok() ? std::string(as_text(*bytes)) : "no such file";
}

std::unique_ptr<AppendFile> opened(const std::string& path) {
    auto file = AppendFile::open(path);
    INFO((file.ok() ? "" : file.error().message));
    REQUIRE(file.ok());
    return std::move(*file);
}

}  // namespace

TEST_CASE("records are put behind what is there") {
    const TemporaryFolder folder;
    const std::string path = folder.path("log");
    REQUIRE(write_file_atomically(path, "before\n").ok());
    const auto file = opened(path);
    CHECK(file->append("one\n").ok());
    CHECK(file->append("two\n").ok());
    CHECK(file->sync().ok());
    CHECK(text_at(path) == "before\none\ntwo\n");
    // A record that somebody did not end is no part of the next.
    REQUIRE(write_file_atomically(path, "torn").ok());
    CHECK(file->append("three\n").ok());
    CHECK(text_at(path) == "torn\nthree\n");
}

TEST_CASE("a file that was taken away is made anew, and one that was put in its place is used") {
    const TemporaryFolder folder;
    const std::string path = folder.path("log");
    const auto file = opened(path);
    CHECK(file->append("one\n").ok());
    REQUIRE(::rename(path.c_str(), (path + ".1").c_str()) == 0);
    CHECK(file->append("two\n").ok());
    CHECK(text_at(path + ".1") == "one\n");
    CHECK(text_at(path) == "two\n");
    REQUIRE(::unlink(path.c_str()) == 0);
    file->reopen();
    CHECK(file->append("three\n").ok());
    CHECK(text_at(path) == "three\n");
    REQUIRE(::truncate(path.c_str(), 0) == 0);           // copied and emptied
    CHECK(file->append("four\n").ok());
    CHECK(text_at(path) == "four\n");
}

TEST_CASE("what cannot be written is an error, and leaves no piece of a record") {
    const TemporaryFolder folder;
    CHECK_FALSE(AppendFile::open(folder.path("absent/log")).ok());
    CHECK_FALSE(AppendFile::open(folder.path(".")).ok());
    const std::string pipe = folder.path("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK_FALSE(AppendFile::open(pipe).ok());

    const std::string path = folder.path("log");
    const auto file = opened(path);
    CHECK(file->append("one\n").ok());
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit few = before;
    few.rlim_cur = 10;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &few) == 0);
    const bool fits = file->append("a record that is longer\n").ok();
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK_FALSE(fits);
    CHECK(text_at(path) == "one\n");
    CHECK(file->append("two\n").ok());
    CHECK(text_at(path) == "one\ntwo\n");
}

TEST_CASE("records of several threads do not mix") {
    const TemporaryFolder folder;
    const std::string path = folder.path("log");
    const auto file = opened(path);
    const auto other = opened(path);                     // as another process
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            const std::string line(5'000, static_cast<char>('a' + i));
            for (int j = 0; j < 50; ++j) static_cast<void>((i % 2 == 0 ? file : other)->append(line + "\n").ok());
        });
    }
    for (std::thread& thread : threads) thread.join();
    const std::string text = text_at(path);
    REQUIRE(text.size() == 4 * 50 * 5'001);
    bool whole = true;
    for (std::size_t at = 0; at < text.size(); at += 5'001) {
        whole = whole && text[at + 5'000] == '\n' && text.find_first_not_of(text[at], at) == at + 5'000;
    }
    CHECK(whole);
}
