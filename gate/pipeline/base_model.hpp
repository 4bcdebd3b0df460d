// base_model.hpp: the base model that the operator named (check --compare-base): which tensors it has, and where they lie.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "io/file_source.hpp"
#include "pipeline/plan.hpp"

namespace headgate::pipeline {

/// A small file of a subject or base once more. Error{io}: its bytes are not those of the record.
Result<Bytes> read_again(const SubjectPlan& plan, const FileRecord& record);

class BaseModel {
  public:
    /// Reads and hashes the file or folder at `path`. Error{usage, io}: it is none, or nothing there is a tensor.
    static Result<std::shared_ptr<const BaseModel>> open(const std::string& path, const Request& request);

    const std::string& name() const { return name_; }
    const Evidence& evidence() const { return evidence_; }
    const DigestSet& digest() const { return digest_; }
    /// Outside containers; nullptr when there is none.
    const Tensor* find(const std::string& tensor) const;
    const std::map<std::string, const Tensor*>& tensors() const { return by_name_; }
    /// Opens one of its files, for reading once more: its bytes are the operator's, and unchanged() is asked at the end.
    Result<std::unique_ptr<io::FileSource>> open_file(const std::string& file) const;

    /// A document of it, whole, with the bytes that were hashed.
    Result<Bytes> read(const FileRecord& record) const;

  private:
    std::string name_;
    SubjectPlan plan_;
    Evidence evidence_;
    DigestSet digest_;
    std::map<std::string, const Tensor*> by_name_;
};

}  // namespace headgate::pipeline
