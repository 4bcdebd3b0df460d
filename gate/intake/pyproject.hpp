// pyproject.hpp: the parts of pyproject.toml that name packages. Private to intake/pyproject*.cpp and intake/script_block.cpp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "intake/tree_reader.hpp"

namespace headgate::intake::pyproject {

/// Where a table of a tool says that one package comes from, under one marker.
struct Redirect {
    Entry entry;                          // source, url, pinned; the name is that of the requirement
    bool workspace = false;
};

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    /// The whole file.
    bool read(const Tree& root);
    /// A script block of PEP 723: `dependencies` at its top, and [tool.uv].
    bool read_script(const Tree& root);

  private:
    // PEP 621, PEP 735, PEP 518
    void project(const Tree& root);
    void dependency_groups(const Tree& root);
    void list(const Tree& in, std::string_view key, const std::string& marker);
    void requirement(const std::string& text, std::uint32_t line, const std::string& marker);
    void setuptools(const Tree& project, const Tree* tool);
    // uv
    void uv(const Tree& uv);
    void uv_options(const Tree& in, const std::string& prefix);
    void uv_build_dependencies(const Tree& uv);
    void uv_indexes(const Tree& in);
    void uv_fall_through(const Tree& one, const std::string& url, bool is_explicit);
    void uv_sources(const Tree& uv);
    void uv_source(const Tree& one, std::vector<Redirect>& redirects);
    // poetry
    void poetry(const Tree& poetry);
    void poetry_sources(const Tree& poetry);
    void poetry_table(const Tree& in, std::string_view key, const std::string& marker);
    void poetry_package(const std::string& name, const Tree& one, std::uint32_t line, const std::string& marker);
    bool poetry_place(const Tree& one, Entry& entry);
    // pdm, hatch
    void pdm(const Tree& pdm);
    void hatch(const Tree& hatch);
    void hatch_build(const Tree& build, const std::string& marker);

    std::map<std::string, std::string, std::less<>> indexes_;               // name -> URL
    std::map<std::string, std::vector<Redirect>, std::less<>> redirects_;   // normalised name -> where from
};

}  // namespace headgate::intake::pyproject
