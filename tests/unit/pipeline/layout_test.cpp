#include "pipeline/layout.hpp"

#include <catch2/catch.hpp>
#include <map>

using namespace headgate;
using pipeline::FolderShape;

namespace {

// A listing from names; content only where a test gives it.
class Listing {
  public:
    using Files = std::map<std::string, std::string>;
    explicit Listing(Files files) : files_(std::move(files)) {
        for (const auto& [path, content] : files_) {
            entries_.push_back({path, io::Entry::Type::file, {}});
        }
    }
    FolderShape shape(const std::vector<std::string>& parents = {"a", "b"}) const {
        pipeline::FolderView view;
        for (const io::Entry& entry : entries_) {
            view.below.push_back(&entry);
            if (entry.path.find('/') == std::string::npos) view.children.push_back(&entry);
        }
        return pipeline::folder_shape(view, parents, [this](const std::string& path) -> std::optional<Bytes> {
            const ByteView bytes = as_bytes(files_.at(path));
            return Bytes(bytes.begin(), bytes.end());
        }, [](pipeline::SmallFile question, const std::string&, ByteView bytes) { return pipeline::answer_about(question, bytes); });
    }

  private:
    std::map<std::string, std::string> files_;
    std::vector<io::Entry> entries_;
};

}  // namespace

TEST_CASE("a folder with weights, or the config of a model, is a model") {
    CHECK(Listing(Listing::Files{{"model.safetensors", ""}}).shape() == FolderShape::model);
    CHECK(Listing(Listing::Files{{"pytorch_model.bin", ""}, {"run.py", ""}}).shape() == FolderShape::model);
    CHECK(Listing(Listing::Files{{"config.json", R"({"model_type":"bert"})"}}).shape() == FolderShape::model);
    CHECK(Listing(Listing::Files{{"model_index.json", R"({"_class_name":"X"})"}, {"unet/x.safetensors", ""}}).shape() == FolderShape::model);
    CHECK(Listing(Listing::Files{{"saved_model.pb", ""}}).shape() == FolderShape::model);
}

TEST_CASE("a folder whose files make a model together is a model") {
    const std::string network = "<?xml version=\"1.0\"?><net name=\"n\" version=\"11\"><layers></layers></net>";
    CHECK(Listing(Listing::Files{{"saved_model.pbtxt", ""}}).shape() == FolderShape::model);
    CHECK(Listing(Listing::Files{{"saved_model.cpb", ""}}).shape() == FolderShape::model);
    CHECK(Listing(Listing::Files{{"checkpoint", ""}, {"ck-1.index", ""}, {"ck-1.data-00000-of-00001", ""}}).shape() == FolderShape::model);
    CHECK(Listing(Listing::Files{{"ck-1.index", ""}, {"ck-2.data-00000-of-00001", ""}}).shape() == FolderShape::plain);
    CHECK(Listing(Listing::Files{{"m.xml", network}, {"m.bin", ""}}).shape() == FolderShape::model);
    CHECK(Listing(Listing::Files{{"m.xml", network}, {"n.bin", ""}}).shape() == FolderShape::plain);       // m.xml is a subject by itself
    CHECK(Listing(Listing::Files{{"m.xml", "<notes/>"}, {"m.bin", ""}}).shape() == FolderShape::plain);
}

TEST_CASE("a folder that only holds models or settings is walked") {
    CHECK(Listing(Listing::Files{{"config.json", R"({"port":80})"}}).shape() == FolderShape::plain);
    CHECK(Listing(Listing::Files{{"config.json", "not json"}}).shape() == FolderShape::plain);
    // A model's config that does not parse is still a model's.
    CHECK(Listing(Listing::Files{{"config.json", "{\"auto_map\": {}, \"x\": NaN}"}}).shape() == FolderShape::model);
    CHECK(Listing(Listing::Files{{"models/a/model.safetensors", ""}, {"README.md", "# hi"}}).shape() == FolderShape::plain);
    CHECK(Listing(Listing::Files{{"firmware.bin", ""}, {"main.c", ""}}).shape() == FolderShape::plain);
}

TEST_CASE("a dataset is a data card, or data beside nothing but text; images alone never") {
    CHECK(Listing(Listing::Files{{"README.md", "---\ntask_categories:\n- x\n---\n"}, {"a.png", ""}}).shape() == FolderShape::dataset);
    CHECK(Listing(Listing::Files{{"train.csv", ""}, {"README.md", "# hi"}, {"LICENSE", ""}}).shape() == FolderShape::dataset);
    CHECK(Listing(Listing::Files{{"data/0.parquet", ""}}).shape() == FolderShape::dataset);
    CHECK(Listing(Listing::Files{{"dataset_info.json", ""}}).shape() == FolderShape::dataset);
    CHECK(Listing(Listing::Files{{"a.png", ""}, {"b.jpg", ""}}).shape() == FolderShape::plain);
    CHECK(Listing(Listing::Files{{"train.csv", ""}, {"train.py", ""}}).shape() == FolderShape::plain);
    CHECK(Listing(Listing::Files{{"train.csv", ""}, {"requirements.txt", ""}}).shape() == FolderShape::plain);
    CHECK(Listing(Listing::Files{{"README.md", "---\nlicense: mit\n---\n"}}).shape() == FolderShape::plain);
}

TEST_CASE("an OCI layout and a hub snapshot are what they are") {
    CHECK(Listing(Listing::Files{{"oci-layout", ""}, {"index.json", ""}}).shape() == FolderShape::oci_layout);
    CHECK(Listing(Listing::Files{{"x", ""}}).shape({"snapshots", "models--org--name"}) == FolderShape::hub_snapshot);
    CHECK(Listing(Listing::Files{{"x", ""}}).shape({"snapshots", "backup"}) == FolderShape::plain);
    CHECK(pipeline::kind_of(FolderShape::hub_snapshot, {"snapshots", "datasets--o--n"}) == Kind::dataset);
    CHECK(pipeline::kind_of(FolderShape::oci_layout, {}) == Kind::container);
}

TEST_CASE("only links from a hub snapshot into its own blobs are followed") {
    const std::string link = "/c/models--o--n/snapshots/abc/model.safetensors";
    const auto blob = pipeline::hub_blob(link, "../../blobs/1234");
    REQUIRE(blob.has_value());
    CHECK(blob->repo == "/c/models--o--n");
    CHECK(blob->blob == "1234");
    CHECK(pipeline::hub_blob("/c/models--o--n/snapshots/abc/sub/x", "../../../blobs/5")->blob == "5");
    for (const char* target : {"/etc/passwd", "../../../other/blobs/1", "../../blobs/../../x", "../../secrets/1", "",
                               "../../blobs/a/b", "model2", "../../../../blobs/1", "../../d/../blobs/1", "./../../blobs/1",
                               "../../blobs/..", "../blobs/1"}) {
        CAPTURE(target);
        CHECK_FALSE(pipeline::hub_blob(link, target).has_value());
    }
    CHECK_FALSE(pipeline::hub_blob("/c/models--o--n/elsewhere/x", "../blobs/1").has_value());
}
