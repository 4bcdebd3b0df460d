// look_alikes.hpp: collects what `typosquat` finds about one requirement, one method for each part of a name that can be mistaken.
#pragma once

#include <string>
#include <vector>

#include "checkers/protected_names.hpp"
#include "checkers/sources.hpp"

namespace headgate::checkers {

class LookAlikes {
  public:
    LookAlikes(const CheckInput& input, const ProtectedList& names, const Requirement& requirement);

    /// A package: its name, and who publishes it, where the name says so.
    Result<void> package();
    /// A repository of a hub: the organisation, and whether it has the name of another's model. Names of models are not compared:
    /// a third of the popular ones have an honest neighbour (7b, 8b).
    Result<void> repository();
    /// An image: its host against known registries, official names on Docker Hub.
    Result<void> image();

    std::vector<Finding> findings;

  private:
    void add(const NearName& near, const std::string& what, const std::string& written);
    Result<void> name(const std::string& written);
    Result<bool> foreign_letters(const std::string& what, const std::string& written);
    Result<void> publisher(const std::string& list, const std::string& what, const std::string& written);
    void known_spaces(const std::string& what, const std::string& written);
    void alias();
    Result<void> go_module(const std::string& name);
    Result<void> re_upload(const std::string& list);
    std::vector<std::string> spaces() const;

    const CheckInput& input_;
    const ProtectedList& names_;
    const Requirement& requirement_;
    const Reference& reference_;
    std::string_view ecosystem_;
};

}  // namespace headgate::checkers
