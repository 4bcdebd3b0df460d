#include "sigstore/checkpoint.hpp"

#include <catch2/catch.hpp>

#include "recipes/sigstore_world.hpp"

using namespace headgate;
using namespace headgate::sigstore;
using namespace headgate::recipes;

namespace {

const Bytes kRoot(32, 9);

const LogInstance& log_of(bool tiles) {
    static const TrustedRoot kTrusted = world().trusted_root();
    return kTrusted.logs[tiles ? 1 : 0];
}

std::string text_of(const std::string& note) { return note.substr(0, note.find("\n\n") + 1); }

void check_refused(const Result<Checkpoint>& result, const std::string& why) {
    REQUIRE_FALSE(result.ok());
    CHECK_THAT(result.error().message, Catch::Contains(why));
}

std::string note_by(const std::string& text, const std::string& name, const Bytes& id, const Key& key) {
    return text + "\n" + World::note_line(name, id, key, text);
}

}  // namespace

TEST_CASE("a checkpoint of Rekor v1 and of v2") {
    for (const bool tiles : {false, true}) {
        const auto checkpoint = verify_checkpoint(world().checkpoint(tiles, 12, kRoot), log_of(tiles));
        REQUIRE(checkpoint.ok());
        CHECK(checkpoint->size == 12);
        CHECK(checkpoint->root == kRoot);
        CHECK(checkpoint->origin == (tiles ? world().tiles_host : world().rekor_host + " - 42"));
        // Each log answers for itself only.
        CHECK_FALSE(verify_checkpoint(world().checkpoint(tiles, 12, kRoot), log_of(!tiles)).ok());
    }
}

TEST_CASE("witnesses say nothing, wherever they stand") {
    const std::string note = world().checkpoint(true, 12, kRoot);
    const std::string text = text_of(note);
    const Key witness(crypto::KeyType::ed25519);
    const std::string line = World::note_line("witness.example", Bytes(32, 3), witness, text);
    const std::string own = note.substr(text.size() + 1);
    CHECK(verify_checkpoint(text + "\n" + line + own, log_of(true)).ok());
    CHECK(verify_checkpoint(text + "\n" + own + line, log_of(true)).ok());
    check_refused(verify_checkpoint(text + "\n" + line, log_of(true)), "not signed by the log");
    // The log's name and hint over nothing, before the real one: the real one counts.
    const Bytes id = world().tiles_id();
    Bytes blob(id.begin(), id.begin() + 4);
    blob.resize(68, 1);
    const std::string fake = "\xE2\x80\x94 " + world().tiles_host + " " + to_base64(blob) + "\n";
    CHECK(verify_checkpoint(text + "\n" + fake + own, log_of(true)).ok());
    check_refused(verify_checkpoint(text + "\n" + fake, log_of(true)), "does not verify");
}

TEST_CASE("hint, name and origin must be the log's") {
    const std::string v1 = text_of(world().checkpoint(false, 12, kRoot));
    const std::string v2 = text_of(world().checkpoint(true, 12, kRoot));
    CHECK(verify_checkpoint(note_by(v1, world().rekor_host, world().rekor_id(), world().rekor_key), log_of(false)).ok());
    check_refused(verify_checkpoint(note_by(v1, world().rekor_host, Bytes(32, 1), world().rekor_key), log_of(false)), "not signed by the log");
    check_refused(verify_checkpoint(note_by(v1, "other.example", world().rekor_id(), world().rekor_key), log_of(false)), "not signed by the log");
    check_refused(verify_checkpoint(note_by(v2, "other.example", world().tiles_id(), world().tiles_key), log_of(true)), "not signed by the log");
    for (const char* origin : {"other.example - 42", "other.example", "rekor.example - ", "rekor.example - 4x", "rekor.example -42"}) {
        const std::string text = std::string(origin) + v1.substr(v1.find('\n'));
        CAPTURE(origin);
        check_refused(verify_checkpoint(note_by(text, world().rekor_host, world().rekor_id(), world().rekor_key), log_of(false)), "not signed by the log");
    }
    // C2SP's own form, without a tree's id: the log's host, and no other name that its key stands beside.
    const std::string bare = "rekor.example" + v1.substr(v1.find('\n'));
    CHECK(verify_checkpoint(note_by(bare, world().rekor_host, world().rekor_id(), world().rekor_key), log_of(false)).ok());
    check_refused(verify_checkpoint(note_by(bare, world().rekor_host, world().rekor_id(), world().tiles_key), log_of(false)), "does not verify");
    for (const std::string name : {"other.example", "example", "x.rekor.example"}) {
        const std::string text = name + v1.substr(v1.find('\n'));
        CAPTURE(name);
        check_refused(verify_checkpoint(note_by(text, name, world().rekor_id(), world().rekor_key), log_of(false)), "not signed by the log");
    }
    const std::string other = "other.example" + v2.substr(v2.find('\n'));
    check_refused(verify_checkpoint(note_by(other, world().tiles_host, world().tiles_id(), world().tiles_key), log_of(true)), "not signed by the log");
}

TEST_CASE("every bit of a checkpoint's text is signed") {
    const std::string note = world().checkpoint(false, 12, kRoot);
    for (std::size_t i = 0; i < text_of(note).size(); ++i) {
        std::string changed = note;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        CHECK_FALSE(verify_checkpoint(changed, log_of(false)).ok());
    }
}

TEST_CASE("a checkpoint has three lines, an empty one, and signatures") {
    const std::string note = world().checkpoint(false, 12, kRoot);
    const std::string root = to_base64(kRoot);
    CHECK(parse_checkpoint("a\n0\n" + root + "\nmore: lines\n\n\xE2\x80\x94 n AAAAAAA=\n").value().signatures.size() == 1);
    for (std::size_t length = 0; length < note.size(); ++length) CHECK_FALSE(verify_checkpoint(note.substr(0, length), log_of(false)).ok());
    check_refused(parse_checkpoint("\n12\n" + root + "\n\n\xE2\x80\x94 n AAAAAAA=\n"), "no origin");
    check_refused(parse_checkpoint("a\n012\n" + root + "\n\n\xE2\x80\x94 n AAAAAAA=\n"), "no tree size");
    check_refused(parse_checkpoint("a\n-1\n" + root + "\n\n\xE2\x80\x94 n AAAAAAA=\n"), "no tree size");
    check_refused(parse_checkpoint("a\n12\nAAAA\n\n\xE2\x80\x94 n AAAAAAA=\n"), "no root hash");
    check_refused(parse_checkpoint("a\n12\n\n\xE2\x80\x94 n AAAAAAA=\n"), "no root hash");
    check_refused(parse_checkpoint("a\n12\n" + root + "\n"), "no signature");
    check_refused(parse_checkpoint("a\n12\n" + root + "\n\n"), "no signature");
    check_refused(parse_checkpoint("a\n12\n" + root + "\n\n- n AAAAAAA=\n"), "no signature");
    check_refused(parse_checkpoint("a\n12\n" + root + "\n\n\xE2\x80\x94 AAAAAAA=\n"), "no name");
    check_refused(parse_checkpoint("a\n12\n" + root + "\n\n\xE2\x80\x94 n+m AAAAAAA=\n"), "\"+\"");
    check_refused(parse_checkpoint("a\n12\n" + root + "\n\n\xE2\x80\x94 n AAAAAA==\n"), "not base64");  // the hint alone
    check_refused(parse_checkpoint("a\n12\n" + root + "\n\n\xE2\x80\x94 n AAAAAAA="), "does not end");
    check_refused(parse_checkpoint("a\r\n12\n" + root + "\n\n\xE2\x80\x94 n AAAAAAA=\n"), "control");
    check_refused(parse_checkpoint("\xff\n12\n" + root + "\n\n\xE2\x80\x94 n AAAAAAA=\n"), "UTF-8");
    std::string many = "a\n12\n" + root + "\n\n";
    for (std::size_t i = 0; i < kMaxNoteSignatures; ++i) many += "\xE2\x80\x94 n AAAAAAA=\n";
    CHECK(parse_checkpoint(many).ok());
    check_refused(parse_checkpoint(many + "\xE2\x80\x94 n AAAAAAA=\n"), "more than 32");
    check_refused(parse_checkpoint(std::string(kMaxCheckpoint + 1, 'a')), "16 KiB");
}
