#include "formats/all.hpp"

#include <vector>

#include "formats/gzip.hpp"
#include "formats/npy.hpp"
#include "formats/pickle.hpp"
#include "formats/tar.hpp"
#include "formats/torch_legacy.hpp"
#include "formats/unread.hpp"
#include "formats/zip.hpp"

namespace headgate::formats {

std::span<const Format> all_formats() {
    static const std::vector<Format> kFormats = {
        {"npy", sniff_npy, parse_npy},
        {"torch-legacy", sniff_torch_legacy, parse_torch_legacy},
        {"zip", sniff_zip, parse_zip},
        {"gzip", sniff_gzip, parse_gzip},
        {"tar", sniff_tar, parse_tar},
        {"zlib", sniff_zlib, parse_zlib},
        {"unread", sniff_unread, parse_unread},
        {"pickle", sniff_pickle, parse_pickle},
    };
    return kFormats;
}

bool is_artifact_format(std::string_view format) {
    static constexpr std::string_view kCarriers[] = {"pickle", "torch", "torch-legacy", "safetensors", "gguf", "npy", "zip", "tar", "gzip", "zlib", "unread"};
    for (const std::string_view carrier : kCarriers) {
        if (carrier == format) return true;
    }
    return false;
}

}  // namespace headgate::formats
