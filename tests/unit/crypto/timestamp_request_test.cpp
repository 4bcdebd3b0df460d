#include "crypto/timestamp_request.hpp"

#include <openssl/ts.h>

#include <catch2/catch.hpp>

#include "recipes/sigstore_world.hpp"

using namespace headgate;
using namespace headgate::crypto;

TEST_CASE("a request has the imprint of the message, and a nonce of its own") {
    const TimestampRequest one = request_timestamp(as_bytes("message"));
    const unsigned char* at = one.der.data();
    TS_REQ* const request = d2i_TS_REQ(nullptr, &at, static_cast<long>(one.der.size()));
    REQUIRE(request != nullptr);
    CHECK(at == one.der.data() + one.der.size());
    CHECK(TS_REQ_get_version(request) == 1);
    CHECK(TS_REQ_get_cert_req(request) == 1);
    const ASN1_OCTET_STRING* const imprint = TS_MSG_IMPRINT_get_msg(TS_REQ_get_msg_imprint(request));
    CHECK(Bytes(ASN1_STRING_get0_data(imprint), ASN1_STRING_get0_data(imprint) + ASN1_STRING_length(imprint)) == digest(Hash::sha256, as_bytes("message")));
    CHECK(TS_REQ_get_nonce(request) != nullptr);
    TS_REQ_free(request);
    CHECK(request_timestamp(as_bytes("message")).nonce != one.nonce);
}

TEST_CASE("an answer is to this request or none") {
    const TimestampRequest request = request_timestamp(as_bytes("message"));
    // The recipe's tokens have no nonce.
    CHECK_THAT(read_timestamp_answer(recipes::world().timestamp(as_bytes("message")), request).error().message, Catch::Contains("nonce"));
    CHECK_THAT(read_timestamp_answer(recipes::world().timestamp(as_bytes("other")), request).error().message, Catch::Contains("other bytes"));
    CHECK_FALSE(read_timestamp_answer(as_bytes("hello"), request).ok());
}
