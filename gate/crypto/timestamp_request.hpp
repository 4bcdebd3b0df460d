// timestamp_request.hpp: asking for an RFC 3161 timestamp (2.4.1), and whether an answer is to that question.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/timestamp.hpp"

namespace headgate::crypto {

struct TimestampRequest {
    Bytes der;                           // TimeStampReq: SHA-256, a nonce, the signer's certificate asked for
    Bytes imprint;                       // SHA-256 of the message
    Bytes nonce;                         // 8 random bytes, big-endian, without leading zeros
};

TimestampRequest request_timestamp(ByteView message);

/// A DER TimeStampResp that was granted for exactly this request: its imprint and nonce. Who made it is Timestamp::verify()'s question.
Result<Timestamp> read_timestamp_answer(ByteView der, const TimestampRequest& request);

}  // namespace headgate::crypto
