// weights_bench: how fast values of tensors are looked at, in this process and on one core: FOLDER, which holds here.bin and base.bin,
// BF16 values of the same size. Prints GB/s, the best of seven runs:
//   scan  one file read and its values counted and summed up, as while a file is hashed (without the hash)
//   pair  both files read and compared value by value, both counted
#include <algorithm>
#include <ctime>
#include <cstdio>
#include <functional>

#include "formats/tensor_pair.hpp"
#include "io/file_source.hpp"

using namespace headgate;

namespace {

constexpr int kRuns = 7;
constexpr std::size_t kPiece = 64U << 10U;

// Processor time, so that a machine that does other things beside measures the same.
double best_rate(double bytes, const std::function<bool()>& once) {
    double best = 0;
    for (int i = 0; i < kRuns; ++i) {
        const std::clock_t start = std::clock();
        if (!once()) return -1;
        best = std::max(best, bytes / 1e9 / (static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC));
    }
    return best;
}

bool scan(const std::string& path) {
    const auto file = io::FileSource::open(path);
    if (!file.ok()) return false;
    Bytes piece(kPiece);
    formats::ValueTally tally(formats::ValueType::bf16);
    for (std::uint64_t at = 0; at < (*file)->size(); at += piece.size()) {
        if (!(*file)->copy(at, piece)) return false;
        tally.add(piece);
    }
    return tally.finish().norm > 0;
}

bool pair(const std::string& here_path, const std::string& base_path, std::uint64_t columns) {
    const auto here = io::FileSource::open(here_path), base = io::FileSource::open(base_path);
    if (!here.ok() || !base.ok()) return false;
    Bytes here_piece(kPiece), base_piece(kPiece);
    formats::PairTally tally(formats::ValueType::bf16, formats::ValueType::bf16, {(*here)->size() / 2 / columns, columns});
    constexpr std::size_t kBlock = formats::PairTally::kMost * 2;
    for (std::uint64_t at = 0; at < (*here)->size(); at += kPiece) {
        if (!(*here)->copy(at, here_piece) || !(*base)->copy(at, base_piece)) return false;
        for (std::size_t block = 0; block < kPiece; block += kBlock) tally.add(&here_piece[block], &base_piece[block], kBlock / 2);
    }
    // The blocks repeat, so that it may be of low rank: what it is, is not measured here.
    return tally.finish().kind != TensorRelation::Kind::identical;
}

}  // namespace

int main(int count, char** words) {
    if (count != 2) return std::fputs("weights_bench FOLDER\n", stderr), 4;
    const std::string folder = words[1];
    const auto file = io::FileSource::open(folder + "/here.bin");
    if (!file.ok()) return std::fputs("weights_bench: no here.bin\n", stderr), 2;
    const auto bytes = static_cast<double>((*file)->size());
    const double scanned = best_rate(bytes, [&] { return scan(folder + "/here.bin"); });
    const double compared = best_rate(2 * bytes, [&] { return pair(folder + "/here.bin", folder + "/base.bin", 4096); });
    if (scanned < 0 || compared < 0) return std::fputs("weights_bench: a run went wrong\n", stderr), 1;
    std::printf("scan %.2f\npair %.2f\n", scanned, compared);
    return 0;
}
