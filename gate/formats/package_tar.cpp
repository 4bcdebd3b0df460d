#include "formats/package_tar.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "formats/all.hpp"
#include "formats/code_kind.hpp"
#include "formats/member_names.hpp"
#include "formats/package_crate.hpp"
#include "formats/package_npm.hpp"
#include "formats/package_python.hpp"
#include "formats/zip_members.hpp"

namespace headgate::formats {
namespace {

/// Of the file around the archive: "a.tgz" for its member "a.tar".
std::string_view outer_name(const ParseContext& context) {
    const std::string_view chain = context.member;
    const std::size_t bang = chain.rfind('!');
    std::string_view outer = bang == std::string_view::npos ? std::string_view(context.path) : chain.substr(0, bang);
    if (const std::size_t inner = outer.rfind('!'); inner != std::string_view::npos) outer.remove_prefix(inner + 1);
    if (const std::size_t slash = outer.rfind('/'); slash != std::string_view::npos) outer.remove_prefix(slash + 1);
    return outer;
}

}  // namespace

PackageKind package_kind(const std::vector<TarEntry>& members, const ParseContext& context) {
    if (members.empty()) return PackageKind::none;
    const std::string top(top_folder(members.front().name));
    if (top.empty() || top == ".") return PackageKind::none;
    const std::size_t dash = top.rfind('-');
    const bool versioned = dash != std::string::npos && dash > 0 && dash + 1 < top.size();
    const std::string outer = ascii_lower(outer_name(context));
    bool info = false;
    bool npm = false;
    bool cargo = false;
    for (const TarEntry& member : members) {
        if (top_folder(member.name) != top) return PackageKind::none;
        const std::string_view path = std::string_view(member.name).substr(top.size() + 1);
        info = info || path == "PKG-INFO";
        npm = npm || path == "package.json";
        cargo = cargo || path == "Cargo.toml";
    }
    if (cargo && versioned && outer.ends_with(".crate")) return PackageKind::crate;
    if (info && versioned) return PackageKind::sdist;
    if (npm && (top == "package" || outer.ends_with(".tgz"))) return PackageKind::npm;
    return PackageKind::none;
}

Examined examine_package(ByteSource& source, PackageKind kind, const std::vector<TarEntry>& members, ParseContext& context) {
    context.format(kind == PackageKind::sdist ? "sdist" : kind == PackageKind::npm ? "npm-package" : "crate", false, true);
    for (const TarEntry& member : members) {
        const auto bytes = context.sha256_hex == nullptr ? std::nullopt : source.view(member.data_offset, member.size);
        add_member(context, member.name, member.size, bytes ? context.sha256_hex(*bytes) : std::string{});
        const auto head = source.view(member.data_offset, std::min<std::uint64_t>(member.size, 4096));
        ParseContext inner = context.inside(member.name);
        const std::string_view code = head ? code_kind(*head, inner.name()) : std::string_view{};
        if (!code.empty()) {
            inner.format(std::string(code), false, true);
            continue;
        }
        SliceSource content(source, member.data_offset, member.size);
        const std::string_view format = detect(content, inner.name());
        if (is_artifact_format(format)) inner.format(std::string(format));  // what it is, not what is in it
    }
    const PackageWords* const words = context.package_words == nullptr ? nullptr : context.package_words();
    if (words == nullptr) {
        context.opaque("the lists of rules/content are not at hand: what the package does when it is installed cannot be told", source.size());
        return Examined::partly;
    }
    const PackageMembers package(source, members, context);
    switch (kind) {
        case PackageKind::sdist: examine_sdist(package, *words); return Examined::whole;
        case PackageKind::npm: return examine_npm(package, *words);
        case PackageKind::crate: return examine_crate(package, *words);
        case PackageKind::none: break;
    }
    return Examined::whole;
}

PackageMembers::PackageMembers(ByteSource& source, const std::vector<TarEntry>& members, ParseContext& context)
    : source_(source), members_(members), context_(context) {
    for (const TarEntry& member : members_) by_path_[std::string_view(member.name).substr(top().size() + 1)] = &member;      // the last of two, as it is extracted
}

std::string_view PackageMembers::top() const { return top_folder(members_.front().name); }

std::string_view PackageMembers::file_name() const { return outer_name(context_); }

void PackageMembers::each(const std::function<void(std::string_view, ByteView, ParseContext&)>& use) const {
    for (const TarEntry& member : members_) {
        const auto content = source_.view(member.data_offset, member.size);
        if (!content) continue;
        ParseContext inner = context_.inside(member.name);
        use(std::string_view(member.name).substr(top().size() + 1), *content, inner);
    }
}

const TarEntry* PackageMembers::find(std::string_view path) const {
    const auto found = by_path_.find(path);
    return found == by_path_.end() ? nullptr : found->second;
}

std::optional<ByteView> PackageMembers::content(std::string_view path) const {
    const TarEntry* const member = find(path);
    return member == nullptr ? std::nullopt : source_.view(member->data_offset, member->size);
}

ParseContext PackageMembers::inside(std::string_view path) const { return context_.inside(std::string(top()) + "/" + std::string(path)); }

}  // namespace headgate::formats
