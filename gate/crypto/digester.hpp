// digester.hpp: a digest made piece by piece, for the hashes that files are listed and signed by.
#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.hpp"

namespace headgate::crypto {

/// BLAKE2b with 512 bits, without a key.
enum class FileHash { sha256, blake2b, sha384, sha512 };

/// "sha256", "blake2b", "sha384", "sha512".
std::string_view to_string(FileHash hash);
/// Bytes of its digests: 32, 64, 48, 64.
std::size_t digest_size(FileHash hash);

class Digester {
  public:
    explicit Digester(FileHash hash);
    ~Digester();
    Digester(Digester&&) noexcept;
    Digester& operator=(Digester&&) noexcept;

    void update(ByteView bytes);
    /// Ends the computation; the object may only be destroyed afterwards.
    Bytes finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace headgate::crypto
