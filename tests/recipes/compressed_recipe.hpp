// compressed_recipe.hpp: contents compressed by the libraries themselves.
#pragma once

#include <bzlib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <zstd.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "formats/decoder.hpp"
#include "recipes/zip_recipe.hpp"

namespace headgate::recipes {

inline std::string xz_or_lzma(const std::string& content, bool alone, std::uint32_t dictionary = 1U << 20U) {
    lzma_stream stream = LZMA_STREAM_INIT;
    lzma_options_lzma options;
    lzma_lzma_preset(&options, 6);
    options.dict_size = dictionary;
    lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
    const lzma_ret started = alone ? lzma_alone_encoder(&stream, &options) : lzma_stream_encoder(&stream, filters, LZMA_CHECK_CRC64);
    std::string out(content.size() + 4096, '\0');
    stream.next_in = reinterpret_cast<const std::uint8_t*>(content.data());
    stream.avail_in = content.size();
    stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream.avail_out = out.size();
    const bool done = started == LZMA_OK && lzma_code(&stream, LZMA_FINISH) == LZMA_STREAM_END;
    out.resize(done ? out.size() - stream.avail_out : 0);
    lzma_end(&stream);
    return out;
}

inline std::string compressed(const std::string& content, formats::Compression compression) {
    std::string out(content.size() + 4096, '\0');
    switch (compression) {
        case formats::Compression::deflate: return deflated(content, -15);
        case formats::Compression::zlib: return deflated(content, 15);
        case formats::Compression::gzip: return deflated(content, 31);
        case formats::Compression::xz: return xz_or_lzma(content, false);
        case formats::Compression::lzma: return xz_or_lzma(content, true);
        case formats::Compression::bzip2: {
            auto size = static_cast<unsigned>(out.size());
            std::string in = content;
            if (BZ2_bzBuffToBuffCompress(out.data(), &size, in.data(), static_cast<unsigned>(in.size()), 9, 0, 0) != BZ_OK) size = 0;
            out.resize(size);
            return out;
        }
        case formats::Compression::lz4: {
            LZ4F_preferences_t preferences{};
            preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
            const std::size_t size = LZ4F_compressFrame(out.data(), out.size(), content.data(), content.size(), &preferences);
            out.resize(LZ4F_isError(size) != 0 ? 0 : size);
            return out;
        }
        case formats::Compression::zstd: {
            ZSTD_CCtx* const context = ZSTD_createCCtx();
            ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
            const std::size_t size = ZSTD_compress2(context, out.data(), out.size(), content.data(), content.size());
            ZSTD_freeCCtx(context);
            out.resize(ZSTD_isError(size) != 0 ? 0 : size);
            return out;
        }
    }
    return {};
}

/// joblib before 0.10 (`python2`: the header that is one column wider).
inline std::string joblib_zfile(const std::string& content, bool python2 = false) {
    char number[32];
    std::snprintf(number, sizeof(number), python2 ? "%#zxL" : "%#zx", content.size());
    std::string header = "ZF" + std::string(number);
    header.resize(2 + 19 + (python2 ? 1 : 0), ' ');
    return header + deflated(content, 15);
}

}  // namespace headgate::recipes
