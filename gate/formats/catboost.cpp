#include "formats/catboost.hpp"

#include "base/text.hpp"
#include "formats/catboost_trees.hpp"

namespace headgate::formats {
namespace {

namespace core { constexpr unsigned kVersion = 0, kTrees = 1, kInformation = 2, kParts = 3; }
namespace pair { constexpr unsigned kKey = 0, kValue = 1; }

constexpr std::string_view kMagic = "CBM1";
constexpr std::string_view kVersion = "FlabuffersModel_v1";      // as CatBoost spells it
constexpr std::string_view kCounters = "static_provider_v1";
constexpr std::uint64_t kHead = 8;
constexpr std::uint32_t kMostParts = 16;
constexpr std::string_view kFix = "Save the model again with save_model of a current CatBoost.";

class CatboostReader {
  public:
    CatboostReader(ByteSource& source, ParseContext& context) : source_(source), context_(context), cursor_(source) {}

    Examined run() {
        cursor_.skip(kMagic.size());
        const auto bytes = cursor_.little<std::uint32_t>();
        if (!bytes || *bytes > cursor_.remaining()) return finding("malformed", "its core is longer than the file", 4, "No reader takes it.");
        SliceSource core_bytes(source_, kHead, *bytes);
        FlatReader flat(core_bytes, context_.budget);
        read_core(flat);
        cursor_.skip(*bytes);
        if (flat.failed()) return refuse(flat, kHead);
        for (const std::string& part : parts_) {
            if (read_part(part) == Examined::partly) return Examined::partly;
        }
        if (cursor_.remaining() > 0) {
            return finding("trailing-data", std::to_string(cursor_.remaining()) + " bytes follow the model", cursor_.offset(),
                           "What follows is read by nobody here, and by others perhaps.");
        }
        if (!check_counters()) return Examined::partly;
        const std::uint64_t leaves = trees_.leaves.count;
        context_.evidence.tensors.push_back({context_.at(kHead + trees_.leaves.at), "LeafValues", "F64",
                                             {leaves / trees_.dimension, trees_.dimension}, 8 * leaves});
        context_.format("catboost", true);
        return Examined::whole;
    }

  private:
    Examined finding(std::string_view thing, std::string message, std::uint64_t at, std::string_view why, std::string_view fix = kFix) {
        context_.finding("catboost." + std::string(thing), Severity::high, std::move(message), context_.at(at), std::string(why), std::string(fix));
        return Examined::partly;
    }

    Examined refuse(const FlatReader& flat, std::uint64_t begin) {
        if (flat.out_of_budget()) {
            context_.unscannable("catboost", flat.problem(), context_.at(begin + flat.problem_at()));
            return Examined::partly;
        }
        return finding("malformed", flat.problem(), begin + flat.problem_at(), "CatBoost goes by such a number and reads on in foreign memory.");
    }

    void read_core(FlatReader& flat) {
        const FlatReader::Table root = flat.root();
        const std::string version = to_valid_utf8(flat.text(root, core::kVersion).substr(0, 100));
        if (!flat.failed() && version != kVersion) {
            flat.fail("its format is \"" + version + "\", and only \"" + std::string(kVersion) + "\" is known", root.at);
        }
        const FlatReader::Vector information = flat.vector(root, core::kInformation, 4);
        for (std::uint32_t i = 0; i < information.count && !flat.failed(); ++i) {
            const FlatReader::Table one = flat.item(information, i);
            flat.text(one, pair::kKey);
            if (!flat.vector(one, pair::kValue, 1)) flat.fail("a piece of information has no value", one.at);
        }
        const FlatReader::Vector parts = flat.vector(root, core::kParts, 4);
        if (parts.count > kMostParts) flat.fail("it names more than " + std::to_string(kMostParts) + " parts", parts.at);
        for (std::uint32_t i = 0; i < parts.count && !flat.failed(); ++i) parts_.emplace_back(flat.text_item(parts, i));
        trees_ = read_catboost_trees(flat, flat.table(root, core::kTrees));
    }

    Examined read_part(const std::string& part) {
        if (part != kCounters) {
            return finding("model-part",
                           "behind the trees stands a part \"" + to_valid_utf8(part.substr(0, 100)) + "\", which nothing here reads",
                           cursor_.offset(),
                           "What nobody can read, nobody can vouch for: the parts that prepare texts and embeddings have a form of their own.",
                           "Train the model on numbers and categories, and compute what texts and embeddings give before it.");
        }
        if (counted_) return finding("malformed", "the part " + part + " is named twice", kHead, "Readers take one of them.");
        counted_ = true;
        const auto tables = cursor_.little<std::uint32_t>();
        for (std::uint32_t i = 0; tables && i < *tables; ++i) {
            const auto bytes = cursor_.little<std::uint32_t>();
            const std::uint64_t begin = cursor_.offset();
            if (!bytes || !cursor_.skip(*bytes)) return cut_off();
            SliceSource one(source_, begin, *bytes);
            FlatReader flat(one, context_.budget);
            read_catboost_table(flat, classes_);
            if (flat.failed()) return refuse(flat, begin);
        }
        return tables ? Examined::whole : cut_off();
    }

    Examined cut_off() { return finding("malformed", "a table of counters is longer than the file", cursor_.offset(), "No reader takes it."); }

    bool check_counters() {
        if (trees_.estimated) {
            finding("malformed", "its trees look at features of texts or embeddings, and no part prepares them", kHead,
                    "CatBoost goes on without what it needs.");
            return false;
        }
        for (const CatboostCounter& asked : trees_.counters) {
            const auto found = classes_.find(asked.key);
            if (found != classes_.end() && asked.class_index >= 0 && asked.class_index < found->second) continue;
            finding("malformed", "a feature counts what no table of the file does", kHead, "CatBoost reads the counters of another place.");
            return false;
        }
        return true;
    }

    ByteSource& source_;
    ParseContext& context_;
    Cursor cursor_;
    CatboostTrees trees_;
    std::vector<std::string> parts_;
    std::map<std::string, std::int32_t> classes_;
    bool counted_ = false;
};

}  // namespace

bool sniff_catboost(ByteSource& source, std::string_view) {
    const auto head = source.view(0, kHead);
    return head && starts_with(*head, kMagic);
}

Examined parse_catboost(ByteSource& source, ParseContext& context) { return CatboostReader(source, context).run(); }

}  // namespace headgate::formats
