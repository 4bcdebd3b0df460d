#include "crypto/timestamp_request.hpp"

#include <openssl/bn.h>
#include <openssl/rand.h>
#include <openssl/ts.h>

#include <algorithm>

#include "crypto/must.hpp"
#include "crypto/openssl.hpp"
#include "crypto/sha256.hpp"

namespace headgate::crypto {
namespace {

using RequestPtr = std::unique_ptr<TS_REQ, Deleter<TS_REQ_free>>;
using ImprintPtr = std::unique_ptr<TS_MSG_IMPRINT, Deleter<TS_MSG_IMPRINT_free>>;
using AlgorithmPtr = std::unique_ptr<X509_ALGOR, Deleter<X509_ALGOR_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, Deleter<ASN1_INTEGER_free>>;

constexpr std::size_t kNonce = 8;

ImprintPtr imprint_of(Bytes& digest) {
    ImprintPtr imprint(TS_MSG_IMPRINT_new());
    const AlgorithmPtr algorithm(X509_ALGOR_new());
    must(imprint != nullptr && algorithm != nullptr);
    must(X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1);
    must(TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1);
    must(TS_MSG_IMPRINT_set_msg(imprint.get(), digest.data(), static_cast<int>(digest.size())) == 1);
    return imprint;
}

}  // namespace

TimestampRequest request_timestamp(ByteView message) {
    TimestampRequest made;
    const Sha256Digest digest = sha256(message);
    made.imprint.assign(digest.begin(), digest.end());
    made.nonce.resize(kNonce);
    must(RAND_bytes(made.nonce.data(), static_cast<int>(made.nonce.size())) == 1);
    made.nonce.front() |= 1;  // as long in every encoding

    const RequestPtr request(TS_REQ_new());
    const ImprintPtr imprint = imprint_of(made.imprint);
    const NumberPtr number(BN_bin2bn(made.nonce.data(), static_cast<int>(made.nonce.size()), nullptr));
    const IntegerPtr nonce(number == nullptr ? nullptr : BN_to_ASN1_INTEGER(number.get(), nullptr));
    must(request != nullptr && nonce != nullptr);
    must(TS_REQ_set_version(request.get(), 1) == 1 && TS_REQ_set_msg_imprint(request.get(), imprint.get()) == 1 &&
         TS_REQ_set_nonce(request.get(), nonce.get()) == 1 && TS_REQ_set_cert_req(request.get(), 1) == 1);
    unsigned char* der = nullptr;
    const int length = i2d_TS_REQ(request.get(), &der);
    must(length > 0);
    made.der.assign(der, der + length);
    OPENSSL_free(der);
    return made;
}

Result<Timestamp> read_timestamp_answer(ByteView der, const TimestampRequest& request) {
    const Timestamp timestamp = TRY(Timestamp::from_response(der));
    if (!std::equal(request.imprint.begin(), request.imprint.end(), timestamp.imprint().begin(), timestamp.imprint().end())) {
        return Error{ErrorCode::key, "timestamp: it is of other bytes than were asked about"};
    }
    if (timestamp.nonce() != request.nonce) {
        return Error{ErrorCode::key, "timestamp: it is an answer to another request (its nonce differs)"};
    }
    return timestamp;
}

}  // namespace headgate::crypto
