// hash_files.hpp: digests of many files, or of ranges of them, made in parallel. Each range is read once.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "crypto/digester.hpp"
#include "crypto/sha256.hpp"
#include "io/directory.hpp"
#include "io/file_source.hpp"

namespace headgate::io {

struct HashRange {
    std::uint64_t begin = 0;             // [begin, end), within the file
    std::uint64_t end = 0;
};

struct HashJob {
    std::shared_ptr<Directory> root;     // opened beneath this folder ...
    std::string open_path;               // ... by this path, no component of which may be a link
    std::string name;                    // for messages
    std::uint64_t size = 0;              // that the file was found to have
    std::vector<HashRange> ranges;       // in order, without overlap
    /// Also the SHA-256 of the whole file, over the very bytes that the ranges are hashed from; the ranges must then follow one
    /// another from the first byte to the last.
    bool whole = false;
};

struct FileHashes {
    std::vector<Bytes> ranges;           // item by item
    crypto::Sha256Digest whole{};        // if it was asked for
};

/// Hashes every job over `jobs` threads (0: as many as cores), largest file first; ranges of one file go to several threads.
/// Error{io}: a file cannot be read, is no regular file, has another size, or changed in between. Error{deadline}.
Result<std::vector<FileHashes>> hash_files(std::span<const HashJob> work, crypto::FileHash hash, unsigned jobs,
                                           const Progress& progress = {});

}  // namespace headgate::io
