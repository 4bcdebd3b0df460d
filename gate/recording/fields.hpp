// fields.hpp: THE table of a recording: every field of every noun, its key, its shape, in the order of the document. Writer
// and reader both walk it, so that neither knows a field that the other does not. A structured binding names all members of
// its struct: one that is added to the model and not here does not compile.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

#include "model/recording.hpp"

namespace headgate::recording {

inline constexpr std::string_view kSchema = "headgate.dev/facts/v1";

// Shapes that the type does not tell. `T` is const where it is written.
template <typename T>
struct NotEmpty { T& value; };               // a text; no key when it is ""
template <typename T>
struct Mark { T& value; };                   // true; no key when it is false
template <typename T>
struct Sha256 { T& value; };                 // 64 lower-case hex digits
template <typename T>
struct MaybeSha256 { T& value; };            // the same; no key when it is ""
template <typename T>
struct Sha256List { T& value; };
template <typename T>
struct Checksums { T& value; };              // list of "sha512:<hex>"
template <typename T>
struct Line { T& value; };                   // optional, 1-based
template <typename T>
struct Time { T& value; };                   // optional seconds since the epoch, as "2026-11-23T10:00:00Z"
template <typename T>
struct Real { T& value; };                   // finite, as the shortest decimal text that is read back as the same
template <typename T>
struct NotEmptyList { T& value; };           // no key when it is empty
struct Constant { std::string_view value; };

template <typename T, typename Noun>
concept Of = std::same_as<std::remove_const_t<T>, Noun>;

void fields(Of<Location> auto& where, auto& visit) {
    auto& [path, member, offset, line] = where;
    visit("path", path);
    visit("member", NotEmpty{member});
    visit("offset", offset);
    visit("line", Line{line});
}

void fields(Of<DigestSet> auto& digest, auto& visit) {
    auto& [sha256, dir_hash] = digest;
    visit("sha256", MaybeSha256{sha256});
    visit("dirHash", MaybeSha256{dir_hash});
}

void fields(Of<FileRecord> auto& file, auto& visit) {
    auto& [path, size, sha256, examined, evidence] = file;
    visit("path", path);
    visit("size", size);
    visit("sha256", Sha256{sha256});
    visit("examined", examined);
    visit("evidence", evidence);
}

void fields(Of<FormatFact> auto& fact, auto& visit) {
    auto& [where, format, inert, code] = fact;
    visit("where", where);
    visit("format", format);
    visit("inert", inert);
    visit("code", code);
}

void fields(Of<Import> auto& fact, auto& visit) {
    auto& [where, module, name, written] = fact;
    visit("where", where);
    visit("module", module);
    visit("name", name);
    visit("written", NotEmpty{written});
}

void fields(Of<Call> auto& fact, auto& visit) {
    auto& [where, how, callee, arguments] = fact;
    visit("where", where);
    visit("how", how);
    visit("callee", callee);
    visit("arguments", arguments);
}

void fields(Of<Member> auto& fact, auto& visit) {
    auto& [where, path, size, sha256] = fact;
    visit("where", where);
    visit("name", path);
    visit("size", size);
    visit("sha256", MaybeSha256{sha256});
}

void fields(Of<TensorStatistics> auto& statistics, auto& visit) {
    auto& [values, nan, infinite, zeros, norm, largest] = statistics;
    visit("values", values);
    visit("nan", nan);
    visit("infinite", infinite);
    visit("zeros", zeros);
    visit("norm", Real{norm});
    visit("largest", Real{largest});
}

void fields(Of<Tensor> auto& fact, auto& visit) {
    auto& [where, name, dtype, shape, bytes, statistics] = fact;
    visit("where", where);
    visit("name", name);
    visit("dtype", dtype);
    visit("shape", shape);
    visit("bytes", bytes);
    visit("statistics", statistics);
}

void fields(Of<Operator> auto& fact, auto& visit) {
    auto& [where, runtime, domain, name] = fact;
    visit("where", where);
    visit("runtime", runtime);
    visit("domain", NotEmpty{domain});
    visit("name", name);
}

void fields(Of<IndexEntry> auto& fact, auto& visit) {
    auto& [where, tensor, file, offset, bytes] = fact;
    visit("where", where);
    visit("tensor", tensor);
    visit("file", file);
    visit("offset", offset);
    visit("bytes", bytes);
}

void fields(Of<std::pair<std::string, std::string>> auto& field, auto& visit) {
    auto& [key, value] = field;
    visit("key", key);
    visit("value", value);
}

void fields(Of<Card> auto& fact, auto& visit) {
    auto& [where, entries, problem] = fact;
    visit("where", where);
    visit("fields", entries);
    visit("problem", NotEmpty{problem});
}

void fields(Of<Requirement> auto& fact, auto& visit) {
    auto& [where, reference, written, pinned, source, url, integrity, runs_install_script, dynamic, markers, files, range, released, inferred] = fact;
    visit("where", where);
    visit("reference", reference);
    visit("written", written);
    visit("pinned", pinned);
    visit("source", source);
    visit("url", url);
    visit("integrity", Checksums{integrity});
    visit("runs_install_script", runs_install_script);
    visit("dynamic", dynamic);
    visit("markers", NotEmpty{markers});
    visit("files", NotEmptyList{files});
    visit("range", NotEmpty{range});
    visit("released", Time{released});
    visit("inferred", Mark{inferred});
}

void fields(Of<IndexOption> auto& fact, auto& visit) {
    auto& [where, role, ecosystem, url, written, names] = fact;
    visit("where", where);
    visit("role", role);
    visit("ecosystem", ecosystem);
    visit("url", url);
    visit("written", written);
    visit("names", NotEmpty{names});
}

void fields(Of<Trait> auto& fact, auto& visit) {
    auto& [where, trait, detail] = fact;
    visit("where", where);
    visit("trait", trait);
    visit("detail", detail);
}

void fields(Of<Include> auto& fact, auto& visit) {
    auto& [where, path, constraints] = fact;
    visit("where", where);
    visit("path", path);
    visit("constraints", constraints);
}

void fields(Of<SecurityContext> auto& context, auto& visit) {
    auto& [privileged, escalation, non_root, read_only_root, host_process, user, seccomp, apparmor, proc_mount, selinux_type, selinux_user, selinux_role, add,
           drop] = context;
    visit("privileged", privileged);
    visit("allow_privilege_escalation", escalation);
    visit("run_as_non_root", non_root);
    visit("read_only_root", read_only_root);
    visit("host_process", host_process);
    visit("run_as_user", user);
    visit("seccomp", seccomp);
    visit("apparmor", apparmor);
    visit("proc_mount", proc_mount);
    visit("selinux_type", NotEmpty{selinux_type});
    visit("selinux_user", NotEmpty{selinux_user});
    visit("selinux_role", NotEmpty{selinux_role});
    visit("add", NotEmptyList{add});
    visit("drop", NotEmptyList{drop});
}

void fields(Of<WorkloadVolume> auto& volume, auto& visit) {
    auto& [name, types, source, read_only] = volume;
    visit("name", name);
    visit("types", types);
    visit("source", NotEmpty{source});
    visit("read_only", read_only);
}

void fields(Of<WorkloadMount> auto& mount, auto& visit) {
    auto& [volume, path, read_only, part] = mount;
    visit("volume", volume);
    visit("path", path);
    visit("read_only", read_only);
    visit("part", NotEmpty{part});
}

void fields(Of<WorkloadVariable> auto& variable, auto& visit) {
    auto& [name, value, from] = variable;
    visit("name", name);
    visit("value", value);
    visit("from", NotEmpty{from});
}

void fields(Of<WorkloadContainer> auto& container, auto& visit) {
    auto& [where, role, name, image, security, host_ports, hosts, limits, environment, words, mounts, devices] = container;
    visit("where", where);
    visit("role", role);
    visit("name", name);
    visit("image", image);
    visit("security", security);
    visit("host_ports", NotEmptyList{host_ports});
    visit("hosts", NotEmptyList{hosts});
    visit("limits", NotEmptyList{limits});
    visit("environment", NotEmptyList{environment});
    visit("words", NotEmptyList{words});
    visit("mounts", NotEmptyList{mounts});
    visit("devices", NotEmptyList{devices});
}

void fields(Of<Workload> auto& fact, auto& visit) {
    auto& [where, object, first_line, last_line, kind, name, space, os, runtime_class, service_account, host_network, host_pid, host_ipc, shared_processes,
           host_users, token, security, sysctls, apparmor, labels, volumes, containers] = fact;
    visit("where", where);
    visit("object", NotEmpty{object});
    visit("first_line", first_line);
    visit("last_line", last_line);
    visit("kind", kind);
    visit("name", name);
    visit("namespace", NotEmpty{space});
    visit("os", NotEmpty{os});
    visit("runtime_class", NotEmpty{runtime_class});
    visit("service_account", NotEmpty{service_account});
    visit("host_network", host_network);
    visit("host_pid", host_pid);
    visit("host_ipc", host_ipc);
    visit("shared_processes", shared_processes);
    visit("host_users", host_users);
    visit("token", token);
    visit("security", security);
    visit("sysctls", NotEmptyList{sysctls});
    visit("apparmor", NotEmptyList{apparmor});
    visit("labels", NotEmptyList{labels});
    visit("volumes", volumes);
    visit("containers", containers);
}

void fields(Of<NetworkFence> auto& fact, auto& visit) {
    auto& [where, name, space, labels, expressions, ingress, egress, opens_ingress, opens_egress] = fact;
    visit("where", where);
    visit("name", name);
    visit("namespace", NotEmpty{space});
    visit("labels", NotEmptyList{labels});
    visit("expressions", expressions);
    visit("ingress", ingress);
    visit("egress", egress);
    visit("opens_ingress", opens_ingress);
    visit("opens_egress", opens_egress);
}

void fields(Of<DigestClaim> auto& fact, auto& visit) {
    auto& [where, about, outcome] = fact;
    visit("where", where);
    visit("about", about);
    visit("outcome", outcome);
}

void fields(Of<CertifiedIdentity> auto& identity, auto& visit) {
    auto& [issuer, subject, claims, root, key_id, valid_from, valid_until] = identity;
    visit("issuer", issuer);
    visit("subject", subject);
    visit("claims", claims);
    visit("root", Sha256{root});
    visit("key_id", MaybeSha256{key_id});
    visit("valid_from", Time{valid_from});
    visit("valid_until", Time{valid_until});
}

void fields(Of<Signature> auto& fact, auto& visit) {
    auto& [where, scheme, signers, key_ids, covers_subject, problem, problem_path, unsigned_files, digest, identity, signed_at,
           key_problem] = fact;
    visit("where", where);
    visit("scheme", scheme);
    visit("signers", signers);
    visit("key_ids", Sha256List{key_ids});
    visit("key_problem", NotEmpty{key_problem});
    visit("covers_subject", covers_subject);
    visit("problem", problem);
    visit("problem_path", NotEmpty{problem_path});
    visit("unsigned_files", unsigned_files);
    visit("digest", MaybeSha256{digest});
    visit("identity", identity);
    visit("signed_at", Time{signed_at});
}

void fields(Of<PredicateField> auto& field, auto& visit) {
    auto& [pointer, type, value] = field;
    visit("at", pointer);
    visit("type", type);
    visit("value", value);
}

void fields(Of<Statement> auto& fact, auto& visit) {
    auto& [where, predicate_type, signers, key_ids, entries, issued, digest, identity, signed_at] = fact;
    visit("where", where);
    visit("predicate_type", predicate_type);
    visit("signers", signers);
    visit("key_ids", Sha256List{key_ids});
    visit("digest", MaybeSha256{digest});
    visit("issued", Time{issued});
    visit("identity", identity);
    visit("signed_at", Time{signed_at});
    visit("fields", entries);
}

void fields(Of<Material> auto& material, auto& visit) {
    auto& [uri, digests] = material;
    visit("uri", uri);
    visit("digests", digests);
}

void fields(Of<Provenance> auto& fact, auto& visit) {
    auto& [where, predicate_type, signers, key_ids, builder, build_type, source, ref, commit, entry_point, invocation, parameters,
           materials, delegator, problem, digest, identity, signed_at] = fact;
    visit("where", where);
    visit("predicate_type", predicate_type);
    visit("signers", signers);
    visit("key_ids", Sha256List{key_ids});
    visit("digest", MaybeSha256{digest});
    visit("identity", identity);
    visit("signed_at", Time{signed_at});
    visit("builder", builder);
    visit("build_type", build_type);
    visit("source", NotEmpty{source});
    visit("ref", NotEmpty{ref});
    visit("commit", NotEmpty{commit});
    visit("entry_point", NotEmpty{entry_point});
    visit("invocation", NotEmpty{invocation});
    visit("parameters", parameters);
    visit("materials", materials);
    visit("delegator", NotEmpty{delegator});
    visit("problem", NotEmpty{problem});
}

void fields(Of<Configuration> auto& fact, auto& visit) {
    auto& [where, role, entries] = fact;
    visit("where", where);
    visit("role", role);
    visit("fields", entries);
}

void fields(Of<Vocabulary> auto& fact, auto& visit) {
    auto& [where, tokens, rows] = fact;
    visit("where", where);
    visit("tokens", tokens);
    visit("rows", rows);
}

void fields(Of<TensorRelation> auto& relation, auto& visit) {
    auto& [where, name, kind, rank, distance, cosine, equal] = relation;
    visit("where", where);
    visit("name", name);
    visit("kind", kind);
    visit("rank", rank);
    visit("distance", Real{distance});
    visit("cosine", Real{cosine});
    visit("equal", Real{equal});
}

void fields(Of<BaseDifference> auto& difference, auto& visit) {
    auto& [where, aspect, about, base, here] = difference;
    visit("where", where);
    visit("aspect", aspect);
    visit("about", about);
    visit("base", base);
    visit("here", here);
}

void fields(Of<BaseComparison> auto& comparison, auto& visit) {
    auto& [base, digest, tensors, differences] = comparison;
    visit("base", base);
    visit("digest", digest);
    visit("tensors", tensors);
    visit("differences", differences);
}

void fields(Of<Opaque> auto& fact, auto& visit) {
    auto& [where, why, bytes] = fact;
    visit("where", where);
    visit("why", why);
    visit("bytes", bytes);
}

void fields(Of<Finding> auto& finding, auto& visit) {
    auto& [id, severity, message, where, why, fix, advisories] = finding;
    visit("where", where);
    visit("id", id);
    visit("severity", severity);
    visit("message", message);
    visit("why", why);
    visit("fix", fix);
    visit("advisories", advisories);
}

void subject_fields(Of<Subject> auto& subject, auto& visit) {
    auto& [ref, reference, kind, origin, digest, has_bytes, is_folder, is_manifest, named_at, named_as_image, named_as_model] = subject;
    visit("ref", ref);
    visit("reference", reference);
    visit("kind", kind);
    visit("origin", origin);
    visit("has_bytes", has_bytes);
    visit("is_folder", is_folder);
    visit("is_manifest", Mark{is_manifest});
    visit("named_at", named_at);
    visit("named_as_image", Mark{named_as_image});
    visit("named_as_model", Mark{named_as_model});
    visit("digest", digest);
}

void evidence_fields(Of<Evidence> auto& evidence, auto& visit) {
    auto& [files, formats, imports, calls, members, tensors, operators, requirements, declared, index_options, traits, digest_claims, signatures, statements,
           provenances, cards, index_entries, configurations, vocabularies, comparisons, includes, workloads, fences, opaques, findings] = evidence;
    visit("files", files);
    visit("formats", formats);
    visit("imports", imports);
    visit("calls", calls);
    visit("members", members);
    visit("tensors", tensors);
    visit("operators", NotEmptyList{operators});
    visit("index_entries", index_entries);
    visit("configurations", NotEmptyList{configurations});
    visit("vocabularies", NotEmptyList{vocabularies});
    visit("comparisons", NotEmptyList{comparisons});
    visit("cards", cards);
    visit("requirements", requirements);
    visit("declared", NotEmptyList{declared});
    visit("index_options", index_options);
    visit("traits", NotEmptyList{traits});
    visit("includes", includes);
    visit("workloads", NotEmptyList{workloads});
    visit("network_policies", NotEmptyList{fences});
    visit("digest_claims", digest_claims);
    visit("signatures", signatures);
    visit("statements", statements);
    visit("provenances", NotEmptyList{provenances});
    visit("opaques", opaques);
    visit("findings", findings);
}

void fields(Of<InnerSubject> auto& inner, auto& visit) {
    auto& [subject, evidence] = inner;
    subject_fields(subject, visit);
    evidence_fields(evidence, visit);
}

void fields(Of<Recording> auto& recording, auto& visit) {
    auto& [subject, evidence, inner] = recording;
    visit("schema", Constant{kSchema});
    subject_fields(subject, visit);
    evidence_fields(evidence, visit);
    visit("inner", inner);
}

}  // namespace headgate::recording
