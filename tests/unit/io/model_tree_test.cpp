#include "io/model_tree.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "recipes/temporary_folder.hpp"

using namespace headgate;

namespace {

std::vector<std::string> paths_of(const io::ModelTree& tree) {
    std::vector<std::string> paths;
    for (const io::ModelFile& file : tree.files) paths.push_back(file.path);
    return paths;
}

void link(const TemporaryFolder& folder, const char* target, std::string_view name) {
    REQUIRE(::symlink(target, folder.path(name).c_str()) == 0);
}

void check_refused(const std::string& path, const io::TreeOptions& options, const std::string& why) {
    const auto tree = io::model_tree(path, options);
    REQUIRE_FALSE(tree.ok());
    CHECK(tree.error().code == ErrorCode::malformed);
    CHECK_THAT(tree.error().message, Catch::Contains(why));
}

}  // namespace

TEST_CASE("a model's files are all that is there, in byte-wise order") {
    const TemporaryFolder folder;
    for (const char* name : {"b", "a/x", "a-b", "a/.git/config", ".git/HEAD", ".hidden", "skip/me", "skipped"}) folder.write(name, "123");
    const auto tree = io::model_tree(folder.path(), {{".git", "skip", "absent"}});
    REQUIRE(tree.ok());
    CHECK(tree->is_folder);
    // Only the .git at the top can be left out: deeper it is a folder like any other.
    CHECK(paths_of(*tree) == std::vector<std::string>{".hidden", "a-b", "a/.git/config", "a/x", "b", "skipped"});
    CHECK(tree->left_out.size() == 2);
    CHECK(tree->files.front().size == 3);
    io::TreeOptions few;
    few.max_entries = 3;
    check_refused(folder.path(), few, "more than 3 entries");
}

TEST_CASE("a single file is called what the person called it") {
    const TemporaryFolder folder;
    folder.write("weights.bin", "123");
    link(folder, "weights.bin", "latest.bin");
    for (const char* name : {"weights.bin", "latest.bin"}) {
        const auto tree = io::model_tree(folder.path(name), {});
        REQUIRE(tree.ok());
        CHECK_FALSE(tree->is_folder);
        CHECK(tree->name == name);
        CHECK(paths_of(*tree) == std::vector<std::string>{name});
        CHECK(tree->files.front().open_path == "weights.bin");
    }
    CHECK(io::model_tree(folder.path("absent"), {}).error().code == ErrorCode::not_found);
    check_refused("/dev/null", {}, "neither a file nor a folder");
}

TEST_CASE("links are refused, or followed as far as they stay inside") {
    const TemporaryFolder folder;
    folder.write("model/real/a", "1");
    folder.write("model/b", "12");
    folder.write("outside", "secret");
    const std::string model = folder.path("model");
    link(folder, "b", "model/file-link");
    check_refused(model, {}, "file-link is a symbolic link");
    io::TreeOptions follow;
    follow.follow_links = true;
    link(folder, "real", "model/folder-link");
    auto tree = io::model_tree(model, follow);
    REQUIRE(tree.ok());
    // Content behind a linked folder is part of the model under both names.
    CHECK(paths_of(*tree) == std::vector<std::string>{"b", "file-link", "folder-link/a", "real/a"});
    CHECK(tree->files[1].open_path == "b");
    CHECK(tree->files[2].open_path == "real/a");
    CHECK(tree->links.size() == 2);

    struct Bad {
        const char* target;
        const char* name;
        const char* why;
    };
    for (const Bad& bad : {Bad{"../outside", "model/x", "out of the model"}, Bad{"/etc/hostname", "model/x", "out of the model"},
                           Bad{"nowhere", "model/x", "leads nowhere"}, Bad{"x", "model/x", "leads nowhere"},
                           Bad{"..", "model/real/x", "back to the model"}, Bad{".", "model/real/x", "back to a folder"},
                           Bad{"../real", "model/real/x", "back to a folder"}}) {
        CAPTURE(bad.target, bad.name);
        link(folder, bad.target, bad.name);
        check_refused(model, follow, bad.why);
        REQUIRE(::unlink(folder.path(bad.name).c_str()) == 0);
    }
    // Two folders that lead into each other.
    folder.write("model/other/c", "1");
    link(folder, "../other", "model/real/to-other");
    link(folder, "../real", "model/other/to-real");
    check_refused(model, follow, "back to a folder");
}

TEST_CASE("what is no file is refused, or told where the signer ignores it") {
    const TemporaryFolder folder;
    folder.write("a", "1");
    REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
    check_refused(folder.path(), {}, "pipe is neither a file nor a folder");
    link(folder, "a", "l");
    io::TreeOptions options;
    options.ignored = {"pipe", "l"};
    const auto tree = io::model_tree(folder.path(), options);
    REQUIRE(tree.ok());
    CHECK(paths_of(*tree) == std::vector<std::string>{"a"});
    CHECK(tree->odd == std::vector<std::string>{"l", "pipe"});
    options.ignored = {"pip"};
    check_refused(folder.path(), options, "symbolic link");
}

TEST_CASE("a file beside the weights has a name in the model") {
    const TemporaryFolder folder;
    folder.write("model/sub/a", "1");
    link(folder, "model", "alias");
    CHECK(io::path_in_model(folder.path("model"), folder.path("model/model.sig")) == "model.sig");
    CHECK(io::path_in_model(folder.path("alias"), folder.path("model/sub/x.sig")) == "sub/x.sig");
    CHECK(io::path_in_model(folder.path("model"), folder.path("alias/sub/../x.sig")) == "x.sig");
    CHECK(io::path_in_model(folder.path("model"), folder.path("model.sig")).empty());
    CHECK(io::path_in_model(folder.path("model/sub"), folder.path("model/sub2")).empty());
    CHECK(io::path_in_model(folder.path("model"), folder.path("absent/x")).empty());
}
