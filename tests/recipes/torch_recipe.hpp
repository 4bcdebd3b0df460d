// torch_recipe.hpp: checkpoints as torch.save writes them: a zip of one folder with data.pkl and raw storages.
#pragma once

#include <string>
#include <vector>

#include "recipes/zip_recipe.hpp"

namespace headgate::recipes {

/// Protocol 2, as torch.save writes it: a list of tensors over storages, no more than a reader needs.
class TorchPickle {
  public:
    /// A tensor over storage `key` of `elements` values (fewer than 256).
    TorchPickle& tensor(const std::string& key, int elements, const std::string& type = "FloatStorage") {
        body_ += "ctorch._utils\n_rebuild_tensor_v2\n(";
        storage(key, elements, type);
        body_ += std::string("K\0", 2) + "K" + static_cast<char>(elements) + "\x85K\x01\x85\x89" +
                 "ccollections\nOrderedDict\n)RtR";
        return *this;
    }
    /// A persistent id alone.
    TorchPickle& storage(const std::string& key, int elements, const std::string& type = "FloatStorage") {
        body_ += "(" + text("storage") + "ctorch\n" + type + "\n" + text(key) + text("cpu") + "K" + static_cast<char>(elements) + "tQ";
        return *this;
    }
    /// Any opcodes.
    TorchPickle& raw(const std::string& opcodes) {
        body_ += opcodes;
        return *this;
    }
    std::string build() const { return std::string("\x80\x02](") + body_ + "e."; }

    static std::string text(const std::string& value) {
        std::string out = "X";
        put32(out, value.size());
        return out + value;
    }

  private:
    std::string body_;
};

/// PyTorchStreamWriter's form: flags 0x808, sizes in descriptors, data padded to 64 bytes by an "FB" field in the local
/// header, zip64 end records always.
class TorchRecipe {
  public:
    explicit TorchRecipe(std::string top = "archive") : top_(std::move(top)) { zip.zip64_end = true; }

    void add(const std::string& name, const std::string& content) {
        ZipMember member;
        member.name = top_ + "/" + name;
        member.content = content;
        member.descriptor = true;
        member.flags = 0x800;
        member.made_by = 0;
        const std::size_t begin = size_ + 30 + member.name.size() + 4;
        const std::size_t pad = (64 - begin % 64) % 64;
        member.local_extra = "FB";
        put16(member.local_extra, pad);
        member.local_extra += std::string(pad, 'Z');
        size_ = begin + pad + content.size() + 16;
        zip.add(std::move(member));
    }
    std::string build() const { return zip.build(); }

    ZipRecipe zip;

  private:
    std::string top_;
    std::size_t size_ = 0;
};

}  // namespace headgate::recipes
