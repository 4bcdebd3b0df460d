// x509_chain.cpp: building and verifying a chain, by OpenSSL, under rules that do not depend on the caller's mood.
#include <algorithm>

#include "base/text.hpp"
#include "crypto/must.hpp"
#include "crypto/x509_handle.hpp"
#include "crypto/x509_issuers.hpp"

namespace headgate::crypto {
namespace {

constexpr int kSecurityLevel = 2;        // 112 bits
constexpr std::size_t kMaxIntermediates = 64;
constexpr std::string_view kAnyUsage = "2.5.29.37.0";

Error refused(std::string what) { return {ErrorCode::key, std::move(what)}; }

// OpenSSL answers with its own objects: the Certificate that each is a reference to.
std::optional<Certificate> find(const X509* x509, const Certificate& leaf, const ChainRequest& request) {
    if (X509_cmp(x509, leaf.handle().x509.get()) == 0) return leaf;
    for (const auto& among : {request.intermediates, request.anchors}) {
        for (const Certificate& certificate : among) {
            if (X509_cmp(x509, certificate.handle().x509.get()) == 0) return certificate;
        }
    }
    return std::nullopt;
}

std::string named(const X509* x509) {
    if (x509 == nullptr) return "a certificate";
    const BioPtr text(BIO_new(BIO_s_mem()));
    must(text != nullptr && X509_NAME_print_ex(text.get(), X509_get_subject_name(x509), 0, XN_FLAG_RFC2253) >= 0);
    const std::string name = content_of(text.get());
    return name.empty() ? "the leaf" : "\"" + escape_terminal(name, 200) + "\"";
}

Result<void> check_usages(const std::vector<Certificate>& chain, std::string_view required) {
    if (required.empty()) return {};
    if (!chain.front().has_extended_key_usage(required)) {
        return refused("the certificate is not made for this: its extended key usage lacks " + std::string(required));
    }
    for (std::size_t i = 1; i < chain.size(); ++i) {
        const Certificate& above = chain[i];
        if (above.extended_key_usages().empty() || above.has_extended_key_usage(required) ||
            above.has_extended_key_usage(kAnyUsage)) {
            continue;
        }
        return refused("the issuer \"" + escape_terminal(above.subject(), 200) + "\" may not issue for the usage " + std::string(required));
    }
    return {};
}

}  // namespace

StackPtr stack_of(std::span<const Certificate> certificates) {
    StackPtr stack(sk_X509_new_null());
    must(stack != nullptr);
    for (const Certificate& certificate : certificates) {
        X509* const x509 = certificate.handle().x509.get();
        must(X509_up_ref(x509) == 1);
        must(sk_X509_push(stack.get(), x509) > 0);
    }
    return stack;
}

StorePtr store_of(std::span<const Certificate> anchors, Instant at, bool strict) {
    StorePtr store(X509_STORE_new());
    must(store != nullptr);
    for (const Certificate& anchor : anchors) must(X509_STORE_add_cert(store.get(), anchor.handle().x509.get()) == 1);
    X509_VERIFY_PARAM* const rules = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_time(rules, at.seconds);
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN | (strict ? X509_V_FLAG_X509_STRICT : 0UL));
    X509_VERIFY_PARAM_set_depth(rules, static_cast<int>(kMaxChain) - 2);  // counts what is between leaf and anchor
    X509_VERIFY_PARAM_set_auth_level(rules, kSecurityLevel);
    return store;
}

namespace {

// As OpenSSL finds it: one issuer for each name.
Result<std::vector<Certificate>> chain_by_names(const Certificate& leaf, const ChainRequest& request) {
    const StorePtr store = store_of(request.anchors, request.at, request.strict);
    const StackPtr untrusted = stack_of(request.intermediates);
    const std::unique_ptr<X509_STORE_CTX, Deleter<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
    must(context != nullptr &&
         X509_STORE_CTX_init(context.get(), store.get(), leaf.handle().x509.get(), untrusted.get()) == 1);
    if (X509_verify_cert(context.get()) != 1) {
        const int error = X509_STORE_CTX_get_error(context.get());
        return refused(named(X509_STORE_CTX_get_current_cert(context.get())) + ": " + X509_verify_cert_error_string(error) +
                       " (at " + format_instant(request.at) + ")");
    }
    std::vector<Certificate> chain;
    STACK_OF(X509)* const found = X509_STORE_CTX_get0_chain(context.get());
    for (int i = 0; i < sk_X509_num(found); ++i) {
        const auto certificate = find(sk_X509_value(found, i), leaf, request);
        if (!certificate) return Error{ErrorCode::internal, "a chain holds a certificate that was not given"};
        chain.push_back(*certificate);
    }
    if (chain.empty() || chain.size() > kMaxChain) return refused("a chain of more than 8 certificates");
    for (const Certificate& certificate : chain) {
        const X509* const x509 = certificate.handle().x509.get();
        const EVP_PKEY* const key = X509_get0_pubkey(x509);
        if (key != nullptr && has_small_order(key)) return refused("the key of " + named(x509) + " is an Ed25519 key of small order");
    }
    const bool anchored = std::find(request.anchors.begin(), request.anchors.end(), chain.back()) != request.anchors.end();
    if (!anchored) return refused("the chain ends in a certificate that is not trusted");
    TRY_VOID(check_usages(chain, request.required_eku));
    return chain;
}

}  // namespace

Result<std::vector<Certificate>> verify_chain(const Certificate& leaf, const ChainRequest& request) {
    if (request.anchors.empty()) return refused("no certificate is trusted here, so that no chain can end in one");
    if (request.intermediates.size() > kMaxIntermediates) return refused("more than 64 intermediate certificates");
    auto chain = chain_by_names(leaf, request);
    if (chain.ok() || !has_namesakes(request)) return chain;
    // Each way by itself, so that there is nothing to choose.
    const auto accept = [&](std::span<const Certificate> between, const Certificate& anchor) {
        ChainRequest one = request;
        one.anchors = std::span(&anchor, 1);
        one.intermediates = between;
        auto found = chain_by_names(leaf, one);
        if (found.ok()) chain = std::move(found);
        return chain.ok();
    };
    TRY(each_way_up(leaf, request, accept));
    return chain;
}

}  // namespace headgate::crypto
