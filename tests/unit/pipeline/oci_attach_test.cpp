#include "pipeline/oci_attach.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sys/wait.h>
#include <unistd.h>

#include "codec/json.hpp"
#include "crypto/sha256.hpp"
#include "formats/oci_document.hpp"
#include "io/file_source.hpp"
#include "pipeline/oci.hpp"

using namespace headgate;
using namespace headgate::pipeline;
namespace fs = std::filesystem;

namespace {

std::string digest_of(std::string_view content) { return "sha256:" + crypto::sha256_hex(as_bytes(content)); }

// A layout with one image "1.0" and whatever else a test writes there; removed at the end.
class Layout {
  public:
    Layout() {
        std::string name = (fs::temp_directory_path() / "headgate-attach-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        fs::create_directories(folder_ / "blobs/sha256");
        write("oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
        const std::string config = R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}})";
        manifest_ = R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":)"
                    R"({"mediaType":"application/vnd.oci.image.config.v1+json","digest":")" + add(config) + R"(","size":)" +
                    std::to_string(config.size()) + R"(},"layers":[]})";
        image_ = add(manifest_);
        index(entry("1.0"));
    }
    ~Layout() { fs::remove_all(folder_); }
    Layout(const Layout&) = delete;
    Layout& operator=(const Layout&) = delete;

    std::string folder() const { return folder_.string(); }
    const std::string& image() const { return image_; }
    std::string entry(const std::string& tag) const {
        return R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" + image_ + R"(","size":)" + std::to_string(manifest_.size()) +
               R"(,"annotations":{"org.opencontainers.image.ref.name":")" + tag + R"("},"x-theirs":[1.50,{"a":null}]})";
    }
    void index(const std::string& entries) { write("index.json", R"({"schemaVersion":2,"x-tool":{"n":12345678901234567890.10},"manifests":[)" + entries + "]}"); }
    void write(const std::string& path, const std::string& content) const { std::ofstream(folder_ / path, std::ios::binary) << content; }
    std::string add(const std::string& content) const {
        const std::string digest = digest_of(content);
        write("blobs/sha256/" + digest.substr(7), content);
        return digest;
    }
    std::string read(const std::string& path) const {
        const auto bytes = io::read_file((folder_ / path).string(), 1U << 20U);
        return bytes.ok() ? std::string(as_text(*bytes)) : "";
    }
    std::string blob(const std::string& digest) const { return read("blobs/sha256/" + digest.substr(7)); }
    std::size_t blobs() const {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder_ / "blobs/sha256")) ++count;
        return count;
    }
    Attached attached() const {
        auto image = read_attached_image(folder(), image_, {});
        REQUIRE(image.ok());
        CHECK(image->problem.empty());
        return image->attached;
    }
    // Findings about the whole, as a judgement reads it.
    std::vector<std::string> findings() const {
        std::vector<FileRecord> files;
        std::map<std::string, std::string> contents;
        for (const auto& found : fs::recursive_directory_iterator(folder_)) {
            if (!found.is_regular_file()) continue;
            const std::string path = fs::relative(found.path(), folder_).string();
            contents[path] = read(path);
            files.push_back({path, contents[path].size(), crypto::sha256_hex(as_bytes(contents[path])), false, false});
        }
        const Limits limits;
        Budget budget(limits);
        Evidence evidence;
        formats::ParseContext context{limits, budget, evidence, {}, {}, 0};
        const auto image = formats::read_oci_layout(
            files, [&](const std::string& path) { return std::optional(as_bytes(contents.at(path))); }, "1.0", context);
        CHECK(image.has_value());
        std::vector<std::string> ids;
        for (const Finding& finding : evidence.findings) ids.push_back(finding.id + " " + finding.where.path);
        return ids;
    }

  private:
    fs::path folder_;
    std::string manifest_, image_;
};

ReferrerBundle bundle(const std::string& content = R"({"bundle":1})") {
    return {content, "https://slsa.dev/verification_summary/v1", "2026-11-23T10:00:00Z"};
}

codec::Json json(const std::string& text) { return codec::parse_json(as_bytes(text)).value(); }

void check_refused(const Layout& layout, ErrorCode code, const std::string& why) {
    const std::string before = layout.read("index.json");
    const std::size_t blobs = layout.blobs();
    const auto outcome = attach_to_layout(layout.folder(), layout.image(), bundle(), {});
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().code == code);
    CHECK_THAT(outcome.error().message, Catch::Contains(why));
    CHECK(layout.read("index.json") == before);
    CHECK(layout.blobs() == blobs);
}

}  // namespace

TEST_CASE("a bundle is attached as a referrer under the fallback tag, and found there") {
    const Layout layout;
    const auto outcome = attach_to_layout(layout.folder(), layout.image(), bundle(), {});
    REQUIRE(outcome.ok());
    CHECK(outcome->added);
    const std::string empty = digest_of("{}");
    const std::string manifest =
        R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.dev.sigstore.bundle.v0.3+json",)"
        R"("config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":")" + empty + R"(","size":2},)"
        R"("layers":[{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","digest":")" + digest_of(R"({"bundle":1})") + R"(","size":12}],)"
        R"("subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" + layout.image() + R"(","size":)" +
        std::to_string(layout.blob(layout.image()).size()) + R"(},)"
        R"("annotations":{"dev.sigstore.bundle.content":"dsse-envelope","dev.sigstore.bundle.predicateType":"https://slsa.dev/verification_summary/v1",)"
        R"("org.opencontainers.image.created":"2026-11-23T10:00:00Z"}})";
    CHECK(outcome->manifest == digest_of(manifest));
    CHECK(layout.blob(outcome->manifest) == manifest);

    const codec::Json index = json(layout.read("index.json"));
    const auto& entries = index.find("manifests")->items;
    REQUIRE(entries.size() == 2);
    CHECK(*entries[1].find("annotations")->find_text("org.opencontainers.image.ref.name") == "sha256-" + layout.image().substr(7));
    CHECK(*entries[1].find_text("mediaType") == formats::kOciIndex);
    const codec::Json list = json(layout.blob(*entries[1].find_text("digest")));
    REQUIRE(list.find("manifests")->items.size() == 1);
    CHECK(*list.find("manifests")->items[0].find_text("artifactType") == "application/vnd.dev.sigstore.bundle.v0.3+json");

    const Attached attached = layout.attached();
    CHECK(attached.problems.empty());
    REQUIRE(attached.documents.size() == 1);
    CHECK(attached.documents[0].form == AttachedDocument::Form::sigstore_bundle);
    CHECK(as_text(attached.documents[0].content) == R"({"bundle":1})");
    CHECK(layout.findings().empty());
}

TEST_CASE("what was there stays, the same is added once, and a list that is replaced goes") {
    const Layout layout;
    const codec::Json before = json(layout.read("index.json"));
    REQUIRE(attach_to_layout(layout.folder(), layout.image(), bundle(), {})->added);
    const std::string once = layout.read("index.json");
    const std::size_t blobs = layout.blobs();
    const auto again = attach_to_layout(layout.folder(), layout.image(), bundle(), {});
    REQUIRE(again.ok());
    CHECK_FALSE(again->added);
    CHECK(layout.read("index.json") == once);
    CHECK(layout.blobs() == blobs);

    REQUIRE(attach_to_layout(layout.folder(), layout.image(), bundle("{}x"), {})->added);
    CHECK(layout.attached().documents.size() == 2);
    CHECK(layout.blobs() == blobs + 2);  // bundle, manifest; the new list took the old one's place
    CHECK(layout.findings().empty());
    const codec::Json after = json(layout.read("index.json"));
    CHECK(codec::write_json(*after.find("x-tool")) == R"({"n":12345678901234567890.10})");
    CHECK(codec::write_json(after.find("manifests")->items[0]) == codec::write_json(before.find("manifests")->items[0]));
    REQUIRE(after.find("manifests")->items.size() == 2);
}

TEST_CASE("a list of others is added to, with what they wrote in it") {
    Layout layout;
    const std::string theirs = R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","x":1,"manifests":[)"
                               R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:)" + std::string(64, 'a') + R"(","size":3,"y":2}]})";
    const std::string list = layout.add(theirs);
    const auto tagged = [&](const std::string& more) {
        return R"({"mediaType":"application/vnd.oci.image.index.v1+json","digest":")" + list + R"(","size":)" + std::to_string(theirs.size()) + more +
               R"(,"annotations":{"org.opencontainers.image.ref.name":"sha256-)" + layout.image().substr(7) + R"(","z":"3"}})";
    };
    layout.index(layout.entry("1.0") + "," + tagged(R"(,"data":"AAAA")"));
    REQUIRE(attach_to_layout(layout.folder(), layout.image(), bundle(), {})->added);
    const codec::Json index = json(layout.read("index.json"));
    const codec::Json& entry = index.find("manifests")->items.at(1);
    CHECK(entry.find("data") == nullptr);
    CHECK(*entry.find("annotations")->find_text("z") == "3");
    const codec::Json added = json(layout.blob(*entry.find_text("digest")));
    CHECK(added.find("x")->integer == 1);
    REQUIRE(added.find("manifests")->items.size() == 2);
    CHECK(added.find("manifests")->items[0].find("y")->integer == 2);
    CHECK(layout.blob(list).empty());

    // A list that something else names stays.
    layout.add(theirs);
    layout.index(layout.entry("1.0") + "," + tagged("") + R"(,{"mediaType":"application/vnd.oci.image.index.v1+json","digest":")" + list + R"(","size":)" +
                 std::to_string(theirs.size()) + "}");
    REQUIRE(attach_to_layout(layout.folder(), layout.image(), bundle("other"), {})->added);
    CHECK(layout.blob(list) == theirs);
}

TEST_CASE("a layout that does not take a bundle is left as it is") {
    Layout layout;
    const auto absent = attach_to_layout(layout.folder(), "sha256:" + std::string(64, '0'), bundle(), {});
    REQUIRE_FALSE(absent.ok());
    CHECK(absent.error().code == ErrorCode::not_found);
    CHECK_FALSE(attach_to_layout(layout.folder() + "/none", layout.image(), bundle(), {}).ok());

    const std::string tag = R"("annotations":{"org.opencontainers.image.ref.name":"sha256-)" + layout.image().substr(7) + R"("}})";
    const std::string of_list = R"({"mediaType":"application/vnd.oci.image.index.v1+json","digest":"sha256:)" + std::string(64, 'b') + R"(","size":5,)" + tag;
    layout.index(layout.entry("1.0") + "," + of_list);
    check_refused(layout, ErrorCode::not_found, "");  // its list is not there
    layout.index(layout.entry("1.0") + "," + of_list + "," + of_list);
    check_refused(layout, ErrorCode::malformed, "several entries");
    layout.index(layout.entry("1.0") + "," + layout.entry("sha256-" + layout.image().substr(7)));
    check_refused(layout, ErrorCode::malformed, "what is no application/vnd.oci.image.index");

    // A blob whose content is another's, and blobs that lie elsewhere.
    Layout lying;
    lying.write("blobs/sha256/" + digest_of(R"({"bundle":1})").substr(7), "something else");
    check_refused(lying, ErrorCode::malformed, "not what its name says");
    Layout linked;
    fs::rename(linked.folder() + "/blobs/sha256", linked.folder() + "/blobs/elsewhere");
    fs::create_directory_symlink("elsewhere", linked.folder() + "/blobs/sha256");
    check_refused(linked, ErrorCode::malformed, "no folder of its own");
}

TEST_CASE("writers at the same time lose nothing of each other") {
    constexpr int kWriters = 6;
    constexpr int kEach = 5;
    const Layout layout;
    std::vector<pid_t> children;
    for (int writer = 0; writer < kWriters; ++writer) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            for (int i = 0; i < kEach; ++i) {
                if (!attach_to_layout(layout.folder(), layout.image(), bundle(std::to_string(writer) + "." + std::to_string(i)), {}).ok()) ::_exit(1);
            }
            ::_exit(0);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    }
    CHECK(layout.attached().documents.size() == kWriters * kEach);
    CHECK(layout.findings().empty());
    CHECK(layout.blobs() == 2 + 1 + 1 + 2 * kWriters * kEach);  // image and config; empty config; list; bundle and manifest each
}
