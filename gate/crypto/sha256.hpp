// sha256.hpp: SHA-256, incremental and at once.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "base/bytes.hpp"

namespace headgate::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;

class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void update(ByteView bytes);
    /// Ends the computation; the object may only be destroyed afterwards.
    Sha256Digest finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

Sha256Digest sha256(ByteView bytes);
/// Lower-case hex of sha256(bytes).
std::string sha256_hex(ByteView bytes);

}  // namespace headgate::crypto
