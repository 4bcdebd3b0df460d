#include "formats/catboost_trees.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace headgate::formats {
namespace {

// Fields of the tables, by their place in the schema.
namespace trees {
constexpr unsigned kDimension = 0, kSplits = 1, kSizes = 2, kStarts = 3, kCategories = 4, kFloats = 5, kOneHots = 6, kCounters = 7,
                   kLeaves = 8, kWeights = 9, kSteps = 10, kLeafOf = 11, kTexts = 12, kEstimated = 13, kBias = 16, kBins = 17, kEmbeddings = 18;
}
namespace feature { constexpr unsigned kIndex = 0, kFlatIndex = 1; }
namespace floating { constexpr unsigned kIndex = 1, kFlatIndex = 2, kBorders = 3; }
namespace one_hot { constexpr unsigned kIndex = 0, kValues = 1, kTexts = 2; }
namespace estimated { constexpr unsigned kBorders = 3; }
namespace counter { constexpr unsigned kWhat = 0, kBorders = 1; }
namespace what { constexpr unsigned kBase = 0, kClass = 1; }
namespace base { constexpr unsigned kCombination = 0, kType = 1; }
namespace combination { constexpr unsigned kCategories = 0, kFloats = 1, kOneHots = 2; }
namespace table { constexpr unsigned kBase = 0, kIndex = 1, kValues = 2, kClasses = 4; }

constexpr std::uint64_t kValuesOfBin = 254;      // a feature with more borders takes several bytes
constexpr std::uint64_t kBucket = 12;            // u64 hash, u32 number of the counter
constexpr std::uint64_t kFree = UINT64_MAX;
constexpr std::int32_t kDeepest = 16;
constexpr std::uint32_t kMostCombined = 64;      // CatBoost combines four, or as many as max_ctr_complexity says
constexpr std::uint32_t kMostCounters = 100'000;
constexpr std::int32_t kMostDimensions = 1 << 20;
enum Type : std::uint8_t { kBorders = 0, kBuckets = 1, kBinarizedMean = 2, kFloatMean = 3, kCounter = 4, kFrequency = 5 };

template <typename T>
T at(ByteView bytes, std::uint64_t index) {
    T value;
    std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
    return value;
}

std::string key_of(FlatReader& flat, const FlatReader::Table& one) {
    const auto type = flat.scalar<std::uint8_t>(one, base::kType, 0);
    if (type > kFrequency) flat.fail("a counter has the unknown type " + std::to_string(type), one.at);
    std::string key(1, static_cast<char>(type));
    const FlatReader::Table features = flat.table(one, base::kCombination);
    static constexpr std::array<std::array<unsigned, 2>, 3> kLists = {
        {{combination::kCategories, 4}, {combination::kFloats, 8}, {combination::kOneHots, 8}}};
    for (const auto& [field, width] : kLists) {
        const FlatReader::Vector one_list = flat.vector(features, field, width);
        if (one_list.count > kMostCombined) flat.fail("a counter combines more than " + std::to_string(kMostCombined) + " features", one_list.at);
        const ByteView list = flat.bytes(one_list, width);
        key += std::to_string(list.size()) + ":" + std::string(as_text(list));
    }
    return key;
}

class Trees {
  public:
    Trees(FlatReader& flat, const FlatReader::Table& root) : flat_(flat), root_(root) {}

    CatboostTrees run() {
        const auto dimension = flat_.scalar<std::int32_t>(root_, trees::kDimension, 0);
        if (!root_ || dimension < 1 || dimension > kMostDimensions) flat_.fail("it has no trees, or leaves without values", root_.at);
        found_.dimension = dimension < 1 ? 1 : static_cast<std::uint64_t>(dimension);
        read_features();
        splits_ = flat_.bytes(flat_.vector(root_, trees::kSplits, 4), 4);
        leaves_ = flat_.vector(root_, trees::kLeaves, 8);
        found_.leaves = leaves_;
        const FlatReader::Vector bias = flat_.vector(root_, trees::kBias, 8);
        if (bias.count > 1 && bias.count != found_.dimension) flat_.fail("its bias has another number of values than its leaves", bias.at);
        flat_.vector(root_, trees::kWeights, 8);
        check_splits();
        check_sizes();
        return std::move(found_);
    }

  private:
    /// A feature with so many borders or values: as many splits, in so many bytes of a row.
    void add_splits(std::uint64_t count) {
        splits_known_ += count;
        bins_known_ += (count + kValuesOfBin - 1) / kValuesOfBin;
    }

    void check_index(const FlatReader::Table& one, unsigned field) {
        if (flat_.scalar<std::int32_t>(one, field, -1) < 0) flat_.fail("a feature has no number", one.at);
    }

    void read_features() {
        for (const unsigned list : {trees::kCategories, trees::kTexts, trees::kEmbeddings}) {
            const FlatReader::Vector all = flat_.vector(root_, list, 4);
            for (std::uint32_t i = 0; i < all.count && !flat_.failed(); ++i) {
                const FlatReader::Table one = flat_.item(all, i);
                check_index(one, feature::kIndex);
                check_index(one, feature::kFlatIndex);
            }
        }
        const FlatReader::Vector floats = flat_.vector(root_, trees::kFloats, 4);
        for (std::uint32_t i = 0; i < floats.count && !flat_.failed(); ++i) {
            const FlatReader::Table one = flat_.item(floats, i);
            check_index(one, floating::kIndex);
            check_index(one, floating::kFlatIndex);
            add_splits(flat_.vector(one, floating::kBorders, 4).count);
        }
        const FlatReader::Vector computed = flat_.vector(root_, trees::kEstimated, 4);
        found_.estimated = computed.count > 0;
        for (std::uint32_t i = 0; i < computed.count && !flat_.failed(); ++i) {
            add_splits(flat_.vector(flat_.item(computed, i), estimated::kBorders, 4).count);
        }
        const FlatReader::Vector one_hots = flat_.vector(root_, trees::kOneHots, 4);
        for (std::uint32_t i = 0; i < one_hots.count && !flat_.failed(); ++i) {
            const FlatReader::Table one = flat_.item(one_hots, i);
            check_index(one, one_hot::kIndex);
            add_splits(flat_.vector(one, one_hot::kValues, 4).count);
            const FlatReader::Vector texts = flat_.vector(one, one_hot::kTexts, 4);
            for (std::uint32_t k = 0; k < texts.count && !flat_.failed(); ++k) flat_.text_item(texts, k);
        }
        const FlatReader::Vector counters = flat_.vector(root_, trees::kCounters, 4);
        if (counters.count > kMostCounters) flat_.fail("it has more than " + std::to_string(kMostCounters) + " features that count", counters.at);
        for (std::uint32_t i = 0; i < counters.count && !flat_.failed(); ++i) {
            const FlatReader::Table one = flat_.item(counters, i);
            add_splits(flat_.vector(one, counter::kBorders, 4).count);
            const FlatReader::Table asked = flat_.table(one, counter::kWhat);
            found_.counters.push_back(
                {key_of(flat_, flat_.table(asked, what::kBase)), flat_.scalar<std::int32_t>(asked, what::kClass, 0)});
        }
    }

    void check_splits() {
        const std::uint64_t count = splits_.size() / 4;
        for (std::uint64_t i = 0; i < count && !flat_.failed(); ++i) {
            const auto split = at<std::uint32_t>(splits_, i);
            if (split >= splits_known_) flat_.fail("a split is number " + std::to_string(split) + " of " + std::to_string(splits_known_), root_.at);
        }
        // The same once more, as bytes of a row: u16 byte, u8 mask, u8 value.
        const FlatReader::Vector bins = flat_.vector(root_, trees::kBins, 4);
        const ByteView rows = flat_.bytes(bins, 4);
        if (bins && bins.count != count) {
            flat_.fail("it has " + std::to_string(count) + " splits and " + std::to_string(bins.count) + " tests", bins.at);
        }
        for (std::uint64_t i = 0; i < bins.count && !flat_.failed(); ++i) {
            // A leaf's own row is empty.
            const bool there = at<std::uint16_t>(rows, 2 * i) < std::max<std::uint64_t>(bins_known_, 1);
            if (!there) flat_.fail("a test looks at a feature that is not there", bins.at);
        }
    }

    void check_sizes() {
        const FlatReader::Vector sizes = flat_.vector(root_, trees::kSizes, 4);
        const FlatReader::Vector starts = flat_.vector(root_, trees::kStarts, 4);
        if (starts && starts.count != sizes.count) flat_.fail("its trees have " + std::to_string(sizes.count) + " sizes and " + std::to_string(starts.count) + " beginnings", starts.at);
        const FlatReader::Vector steps = flat_.vector(root_, trees::kSteps, 4);
        const FlatReader::Vector leaf_of = flat_.vector(root_, trees::kLeafOf, 4);
        const ByteView step_bytes = flat_.bytes(steps, 4);
        const ByteView leaf_bytes = flat_.bytes(leaf_of, 4);
        const std::uint64_t count = splits_.size() / 4;
        if (steps.count > 0 && (steps.count != count || leaf_of.count != count)) {
            flat_.fail("its nodes, their steps and their leaves differ in number", steps.at);
        }
        std::uint64_t begin = 0;
        std::uint64_t values = 0;
        for (std::uint32_t i = 0; i < sizes.count && !flat_.failed(); ++i) {
            const std::int32_t size = flat_.number(sizes, i);
            if (size < 0 || static_cast<std::uint64_t>(size) > count - begin) return flat_.fail("a tree has more splits than there are", sizes.at);
            if (starts && static_cast<std::uint32_t>(flat_.number(starts, i)) != begin) {
                return flat_.fail("a tree does not begin where the one before it ends", starts.at);
            }
            const std::uint64_t end = begin + static_cast<std::uint64_t>(size);
            if (steps.count > 0) {
                check_nodes(step_bytes, leaf_bytes, begin, end);
            } else if (size > kDeepest) {
                return flat_.fail("a tree is deeper than " + std::to_string(kDeepest), sizes.at);
            } else {
                values += found_.dimension << static_cast<unsigned>(size);
                if (values > leaves_.count) break;
            }
            begin = end;
        }
        if (flat_.failed()) return;
        if (steps.count == 0 && values != leaves_.count) {
            flat_.fail("its trees have " + std::string(values > leaves_.count ? "more" : "fewer") + " leaves than there are values", leaves_.at);
        } else if (begin != count) {
            flat_.fail("splits belong to no tree", sizes.at);
        }
    }

    /// Nodes of a tree that is no mirror image: u16 steps to the left and right; 0 stays, and the node is a leaf.
    void check_nodes(ByteView steps, ByteView leaf_of, std::uint64_t begin, std::uint64_t end) {
        for (std::uint64_t i = begin; i < end && !flat_.failed(); ++i) {
            const std::uint16_t left = at<std::uint16_t>(steps, 2 * i);
            const std::uint16_t right = at<std::uint16_t>(steps, 2 * i + 1);
            if (std::max(left, right) >= end - i) return flat_.fail("a node of a tree leads out of it", root_.at);
            if (left != 0 && right != 0) continue;
            const std::uint64_t leaf = at<std::uint32_t>(leaf_of, i);
            if (leaf % found_.dimension != 0 || leaf + found_.dimension > leaves_.count) {
                return flat_.fail("a node leads to a leaf that is not there", root_.at);
            }
        }
        if (begin == end) flat_.fail("a tree has no node", root_.at);
    }

    FlatReader& flat_;
    const FlatReader::Table root_;
    CatboostTrees found_;
    ByteView splits_;
    FlatReader::Vector leaves_;
    std::uint64_t splits_known_ = 0;
    std::uint64_t bins_known_ = 0;
};

/// Bytes of the values of one counter.
std::uint64_t bytes_of(std::uint8_t type, std::int32_t classes) {
    switch (type) {
        case kBorders: return 4 * static_cast<std::uint64_t>(std::max(classes, 2));
        case kBuckets: return 4 * static_cast<std::uint64_t>(classes);
        case kBinarizedMean:
        case kFloatMean: return 8;
        default: return 4;
    }
}

}  // namespace

CatboostTrees read_catboost_trees(FlatReader& flat, const FlatReader::Table& root) { return Trees(flat, root).run(); }

void read_catboost_table(FlatReader& flat, std::map<std::string, std::int32_t>& classes_of) {
    const FlatReader::Table root = flat.root();
    const FlatReader::Table one = flat.table(root, table::kBase);
    const std::string key = key_of(flat, one);
    const auto classes = flat.scalar<std::int32_t>(root, table::kClasses, 0);
    const auto type = static_cast<std::uint8_t>(key[0]);
    const bool by_class = type == kBorders || type == kBuckets;
    if (classes < (by_class ? 1 : 0) || classes > kMostDimensions) return flat.fail("a table of counters has no classes", root.at);
    const FlatReader::Vector raw = flat.vector(root, table::kIndex, 1);
    const FlatReader::Vector values = flat.vector(root, table::kValues, 1);
    const std::uint64_t buckets = raw.count / kBucket;
    if (raw.count % kBucket != 0 || buckets == 0 || (buckets & (buckets - 1)) != 0) {
        return flat.fail("the buckets of a table are no power of two", raw.at);
    }
    const ByteView bytes = flat.bytes(raw, 1);
    if (flat.failed()) return;
    const std::uint64_t width = bytes_of(type, classes);
    bool free = false;
    for (std::uint64_t i = 0; i < buckets; ++i) {
        std::uint64_t hash = 0;
        std::uint32_t number = 0;
        std::memcpy(&hash, bytes.data() + i * kBucket, 8);
        std::memcpy(&number, bytes.data() + i * kBucket + 8, 4);
        free = free || hash == kFree;
        if (hash != kFree && number >= values.count / width) return flat.fail("a bucket leads to a counter that is not there", raw.at);
    }
    // Whoever looks for a value goes on until it is found or a bucket is free.
    if (!free) return flat.fail("no bucket of a table is free", raw.at);
    if (!classes_of.emplace(key, by_class ? classes : INT32_MAX).second) flat.fail("two tables count the same", root.at);
}

}  // namespace headgate::formats
