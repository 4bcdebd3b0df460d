// attest_fixture.hpp: keys, files and signed documents for the tests of attest/ and of the checkers that read them.
#pragma once

#include "attest/dsse.hpp"
#include "attest/evidence.hpp"
#include "attest/statement.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "codec/json.hpp"
#include "crypto/keys.hpp"
#include "crypto/sha256.hpp"

namespace headgate::attest_test {

using codec::Json;

inline const crypto::PrivateKey& key(std::size_t number = 0) {
    static const std::vector<crypto::PrivateKey> kKeys = {
        crypto::PrivateKey::generate(crypto::KeyType::ecdsa_p256).value(),
        crypto::PrivateKey::generate(crypto::KeyType::ecdsa_p256).value(),
        crypto::PrivateKey::generate(crypto::KeyType::ed25519).value(),
    };
    return kKeys.at(number);
}

inline attest::TrustAnchor anchor(const std::string& name, std::size_t number = 0) {
    return {name, key(number).public_key(), std::nullopt, std::nullopt};
}

inline FileRecord file(std::string path, std::string_view content, bool evidence = false) {
    return {std::move(path), content.size(), crypto::sha256_hex(as_bytes(content)), true, evidence};
}

inline Subject folder_subject(const std::vector<FileRecord>& files) {
    Subject subject;
    subject.ref = "file:model";
    subject.has_bytes = true;
    subject.is_folder = true;
    crypto::Sha256 root;
    crypto::Sha256 listing;
    for (const FileRecord& record : files) {
        if (record.evidence) continue;
        root.update(from_hex(record.sha256).value());
        listing.update(as_bytes(record.sha256 + "  " + record.path + "\n"));
    }
    subject.digest = {to_hex(root.finish()), to_hex(listing.finish())};
    return subject;
}

inline Subject file_subject(const FileRecord& record) {
    Subject subject;
    subject.ref = "file:" + record.path;
    subject.has_bytes = true;
    subject.digest.sha256 = record.sha256;
    return subject;
}

/// A statement with one subject; `predicate` is JSON.
inline std::string statement(const DigestSet& digest, std::string_view type, std::string_view predicate) {
    return R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"x","digest":{"sha256":")" + digest.sha256 +
           (digest.dir_hash.empty() ? "\"" : R"(","dirHash":")" + digest.dir_hash + "\"") + R"(}}],"predicateType":")" +
           std::string(type) + R"(","predicate":)" + std::string(predicate) + "}";
}

/// An OMS statement over the files (path -> digest), with the serialization object given as JSON.
inline std::string oms_statement(const std::vector<std::pair<std::string, std::string>>& resources,
                                 std::string_view serialization = R"({"method":"files","hash_type":"sha256","allow_symlinks":false})",
                                 std::string_view algorithm = "sha256") {
    crypto::Sha256 root;
    std::string list;
    for (const auto& [name, digest] : resources) {
        root.update(from_hex(digest).value_or(Bytes{}));
        list += (list.empty() ? "" : ",") + std::string(R"({"algorithm":")") + std::string(algorithm) + R"(","name":")" +
                codec::escape_json(name) + R"(","digest":")" + digest + "\"}";
    }
    return statement({to_hex(root.finish()), {}}, attest::kModelSigningPredicate,
                     R"({"resources":[)" + list + R"(],"serialization":)" + std::string(serialization) + "}");
}

inline Evidence read_under(std::string_view bytes, const Subject& subject, const std::vector<FileRecord>& files,
                           const attest::Trust& trust, Instant now = {1'800'000'000}) {
    Evidence out;
    attest::read_evidence(as_bytes(bytes), {"x.sig", {}, {}, {}}, {subject, files}, trust, now, out);
    return out;
}

inline Evidence read(std::string_view bytes, const Subject& subject, const std::vector<FileRecord>& files,
                     const std::vector<attest::TrustAnchor>& keys, Instant now = {1'800'000'000}) {
    return read_under(bytes, subject, files, attest::Trust{keys, {}, {}}, now);
}

}  // namespace headgate::attest_test
