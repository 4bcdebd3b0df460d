// Parsing in workers: the same facts as here, and from a worker that was taken over none but a finding about its own file. The
// bug is planted (planted.hpp).
#include "pipeline/isolation.hpp"

#include <catch2/catch.hpp>

#include "crypto/sha256.hpp"
#include "io/sanitized.hpp"
#include "planted/planted.hpp"

using namespace headgate;
using namespace headgate::pipeline;
using Task = ParseOrder::Task;

namespace {

const Isolation& isolation() {
    static const auto started = [] {
        io::WorkerLimits limits;
        limits.deadline = std::chrono::milliseconds(3000);
        limits.answer = 1U << 20U;
        auto made = Isolation::start(Isolation::Mode::best_effort, limits, planted::work);
        INFO((made.ok() ? "" : made.error().message));
        REQUIRE(made.ok());
        return std::move(made).value();
    }();
    return *started;
}

Parsed parsed(std::string_view text, Task task = Task::artifact) {
    auto found = isolation().parse({task, "file", nullptr, {}}, as_bytes(text), {});
    INFO((found.ok() ? "" : found.error().message));
    REQUIRE(found.ok());
    return std::move(found).value();
}

// The worker of this deed ended as a finding, and nothing else came of it; the next is well.
void check_unscannable(std::string_view deed, std::string_view why) {
    const Parsed found = parsed("planted:" + std::string(deed) + "\n");
    INFO(deed);
    CHECK(!found.yes);
    REQUIRE(found.facts.findings.size() == 1);
    CHECK(found.facts.findings[0].id == "file.unscannable");
    INFO(found.facts.findings[0].message);
    CHECK(found.facts.findings[0].message.find(why) != std::string::npos);
    CHECK(found.facts.opaques.size() == 1);
    CHECK(found.facts.formats.empty());
}

class TemporaryFile {
  public:
    explicit TemporaryFile(ByteView bytes) : fd_(::memfd_create("test", 0)) {
        for (std::size_t at = 0; at < bytes.size();) {
            const ssize_t put = ::write(fd_, bytes.data() + at, bytes.size() - at);
            REQUIRE(put > 0);
            at += static_cast<std::size_t>(put);
        }
    }
    ~TemporaryFile() { ::close(fd_); }
    std::unique_ptr<io::FileSource> open() const {
        auto source = io::FileSource::open("/proc/self/fd/" + std::to_string(fd_));
        REQUIRE(source.ok());
        return std::move(source).value();
    }
    int fd() const { return fd_; }

  private:
    int fd_;
};

// A safetensors file with one tensor of so many bytes.
Bytes safetensors(std::size_t size) {
    std::string header = R"({"w":{"dtype":"U8","shape":[)" + std::to_string(size) + R"(],"data_offsets":[0,)" + std::to_string(size) + "]}}";
    header.resize((header.size() + 7) / 8 * 8, ' ');
    Bytes file(8 + header.size() + size);
    const std::uint64_t length = header.size();
    std::memcpy(file.data(), &length, sizeof length);
    std::memcpy(file.data() + 8, header.data(), header.size());
    return file;
}

}  // namespace

TEST_CASE("a worker finds what this process finds") {
    for (const std::string_view text : {"", "words\n", "{\"a\": 1}", "\x80\x02cposix\nsystem\nq\0.", "PK\3\4", "import os\n", "\x1f\x8b\x08"}) {
        const auto here = ParsingPlace{}.parse({Task::artifact, "file", nullptr, {}}, as_bytes(text));
        REQUIRE(here.ok());
        const Parsed there = parsed(text);
        INFO(text);
        CHECK(there.facts == here->facts);
        CHECK(there.yes == here->yes);
    }
    CHECK(parsed(R"({"model_type": "x"})", Task::is_model_config).yes);
    CHECK(!parsed(R"({"other": "x"})", Task::is_model_config).yes);
    CHECK(!parsed("words", Task::is_artifact).yes);
    CHECK(parsed("\x80\x02]q\0.", Task::is_artifact).yes);
}

TEST_CASE("files of either size are parsed there and hashed here") {
    for (const std::size_t size : {std::size_t{100}, std::size_t{io::FileSource::kWhole} + 1000}) {
        const Bytes bytes = safetensors(size);
        const TemporaryFile file(bytes);
        const auto here = file.open();
        const auto there = file.open();
        const ParseOrder order{Task::artifact, "file", nullptr, {}};
        const Parsed expected = parse(order, *here);
        const auto found = isolation().parse(order, *there, {});
        REQUIRE(found.ok());
        CHECK(found->yes);
        CHECK(found->facts == expected.facts);
        const auto digest = there->hash({});
        REQUIRE(digest.ok());
        CHECK(*digest == crypto::sha256(bytes));
    }
}

TEST_CASE("a large file that changes behind the worker is an error, where the worker looked") {
    const TemporaryFile file(safetensors(io::FileSource::kWhole + 1000));
    const auto source = file.open();
    REQUIRE(isolation().parse({Task::artifact, "file", nullptr, {}}, *source, {}).ok());
    REQUIRE(::pwrite(file.fd(), "7", 1, 30) == 1);
    CHECK(!source->hash({}).ok());
}

TEST_CASE("a worker that is taken over can make no system call that parsers do not make") {
    if (!isolation().missing().empty()) {
        WARN("skip: this kernel cannot contain workers");
        return;
    }
    for (const planted::Deed& deed : planted::kForbidden) {
        // A sanitizer makes these calls itself; tests/e2e/isolation tries them without it.
        const bool of_sanitizer = deed.name == "close" || deed.name == "wait" || deed.name.starts_with("write-other") || deed.name == "write-door";
        check_unscannable(deed.name, io::kSanitized && of_sanitizer ? "its parser" : "signal 31");
    }
    CHECK(parsed("words\n").yes);
}

TEST_CASE("an answer that is none is a finding") {
    for (const planted::Saying& saying : planted::sayings()) {
        if (saying.name == "unread") {
            check_unscannable(saying.name, "could not read it");
        } else if (saying.name == "other-file") {
            check_unscannable(saying.name, "a fact about another file");
        } else {
            check_unscannable(saying.name, "answer that is none");
        }
    }
    CHECK(parsed("words\n").yes);
}

TEST_CASE("a worker that ends is a finding, however it ends") {
    if (!isolation().missing().empty()) return;
    for (const planted::Ending& ending : planted::kEndings) {
        if (ending.name == "memory") continue;   // a sanitizer lives without a limit of it; tests/e2e/isolation has one
        check_unscannable(ending.name, "its parser");
    }
    CHECK(parsed("words\n").yes);
}

TEST_CASE("a worker may lie about its own file, and the digest is none of its words") {
    const TemporaryFile file(as_bytes(std::string_view("planted:lie\n")));
    const auto source = file.open();
    const auto found = isolation().parse({Task::artifact, "file", nullptr, {}}, *source, {});
    REQUIRE(found.ok());
    CHECK(found->yes);                   // a known gap: who holds the parser of a file says what is in it
    const auto digest = source->hash({});
    REQUIRE(digest.ok());
    CHECK(*digest == crypto::sha256(as_bytes(std::string_view("planted:lie\n"))));
}

TEST_CASE("the deadline of a request ends a worker, and is an error") {
    const auto over = isolation().parse({Task::artifact, "file", nullptr, {}}, as_bytes(std::string_view("planted:spin\n")),
                                        std::chrono::steady_clock::now() + std::chrono::milliseconds(300));
    REQUIRE(!over.ok());
    CHECK(over.error().code == ErrorCode::deadline);
    CHECK(over.error().message.starts_with("file: "));
}
