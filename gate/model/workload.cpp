#include "model/workload.hpp"

#include <string_view>

namespace headgate {
namespace {

// Two documents of one file have the same paths: their lines part them.
bool lies_in_document(const Location& what, const Workload& workload) {
    return what.path == workload.where.path && what.line && *what.line >= workload.first_line && *what.line <= workload.last_line;
}

// A space stands between what the context says and the path.
bool lies_below(std::string_view member, std::string_view path) {
    return path.empty() || (member.starts_with(path) && (member.size() == path.size() || member[path.size()] == '.' || member[path.size()] == ' '));
}

}  // namespace

bool lies_in_pod(const Location& what, const Workload& workload) {
    return lies_in_document(what, workload) && lies_below(what.member, workload.where.member);
}

bool lies_in_object(const Location& what, const Workload& workload) {
    return lies_in_document(what, workload) && lies_below(what.member, workload.object);
}

}  // namespace headgate
