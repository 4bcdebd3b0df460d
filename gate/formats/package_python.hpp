// package_python.hpp: what in a wheel or sdist runs without being called by name, as traits (python_source.hpp for those of source):
//
//   runs-at-install              sdist: setup.py, or a build backend of its own
//   runs-at-start                a line of a .pth file that imports: in site-packages, or anywhere below NAME-VERSION.data
//   customizes-interpreter       wheel: a module sitecustomize or usercustomize, in the same places
//   install-command              sdist: a class of setup.py that takes the place of a command of the installer
//   shadows-command              wheel: it installs a program under the name of one of the system's
//   native-binary-in-pure-wheel  machine code, though the wheel says that it is for every platform
//   compiled-code                byte code without its source, or beside it
//   direct-url-dependency        it asks for a package at a URL; sdist: also for its build, in pyproject.toml, setup.py or setup.cfg
//   name-mismatch                file name, folder and metadata do not name one project and version
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/package_tar.hpp"
#include "formats/package_words.hpp"

namespace headgate::formats {

/// A wheel, member by member. Each is looked at when it comes.
class WheelTraits {
  public:
    /// `info` is the folder NAME-VERSION.dist-info.
    WheelTraits(const PackageWords& words, std::string info, ParseContext& context) : words_(words), info_(std::move(info)), context_(context) {}

    void member(std::string_view path, ByteView content, ParseContext& inner);
    /// What all members together say.
    void finish();

  private:
    void metadata(ByteView content, ParseContext& inner);
    void tags(ByteView content);
    void entry_points(ByteView content, ParseContext& inner);

    const PackageWords& words_;
    std::string info_;
    ParseContext& context_;
    std::string name_;
    std::string version_;
    std::vector<std::string> native_;        // members
    std::vector<std::string> compiled_;
    bool pure_ = true;                       // every tag says so, and there is one
    bool tagged_ = false;
};

void examine_sdist(const PackageMembers& package, const PackageWords& words);

}  // namespace headgate::formats
