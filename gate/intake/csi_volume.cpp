#include "intake/csi_volume.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "intake/image_shape.hpp"
#include "intake/named.hpp"

namespace headgate::intake::kubernetes {
namespace {

using codec::Tree;

/// Drivers that mount an image, and the attributes that name it. Of the first two a PersistentVolume says it in its handle.
struct ImageDriver {
    std::string_view name;
    std::string_view attribute;
    std::string_view older;              // of earlier versions; "" for none
    bool by_handle = false;
};
constexpr std::array<ImageDriver, 4> kImageDrivers = {{
    {"csi-image.warm-metal.tech", "image", "", true},
    {"container-image.csi.k8s.io", "image", "", true},
    {"image.csi.k8s.io", "image", ""},
    {"model.csi.modelpack.org", "model.csi.modelpack.org/reference", "modelRef"},
}};
/// Mounts a repository, or a bucket, of the hub.
constexpr std::string_view kHubDriver = "hf.csi.huggingface.co";

/// What an attribute is called, without a prefix of its driver.
bool is_called_an_image(std::string_view key) {
    const std::string lower = ascii_lower(key.substr(key.rfind('/') + 1));
    if (lower.find("policy") != std::string::npos || lower.find("secret") != std::string::npos) return false;
    return lower.find("image") != std::string::npos || lower == "reference" || lower == "ref" || lower == "modelref" || lower == "model" || lower == "artifact";
}

class Volume {
  public:
    Volume(const Tree& source, std::string_view attributes, const Location& where, IntakeContext& context)
        : source_(source), attributes_(source.find(attributes)), key_(attributes), where_(where), context_(context) {}

    bool read(CsiSource from) {
        if (attributes_ != nullptr && attributes_->type != Tree::Type::null && !attributes_->is_table()) {
            return not_understood_at(context_, "`" + std::string(key_) + "` of a volume that are no mapping", where_);
        }
        const std::string driver = text(source_, "driver");
        if (driver == kHubDriver) return hub();
        for (const ImageDriver& known : kImageDrivers) {
            if (driver == known.name) return image(known, from);
        }
        return from == CsiSource::persistent || infer();
    }

  private:
    static std::string text(const Tree& in, std::string_view key) {
        const Tree* found = in.find(key);
        return found != nullptr && found->is_text() ? std::string(trim(found->text)) : std::string();
    }
    std::string attribute(std::string_view key) const { return key.empty() || attributes_ == nullptr ? std::string() : text(*attributes_, key); }

    Location at(std::string_view key) const {
        Location place = where_;
        if (place.member.size() < 400) place.member += "." + std::string(key_) + (key.empty() ? "" : "." + std::string(key.substr(0, 80)));
        return place;
    }

    /// A scheme in front, if there is one, says how it is fetched.
    bool named(const std::string& value, const Location& place) {
        if (is_template(value)) return record_unknown("oci", value, place, context_);
        if (value.find("://") != std::string::npos) return record_uri(value, place, "a volume", context_);
        return record_image(value, place, "a volume", context_);
    }

    bool image(const ImageDriver& driver, CsiSource from) {
        const std::string current = attribute(driver.attribute);
        const std::string older = attribute(driver.older);
        bool understood = current.empty() || named(current, at(driver.attribute));
        if (!older.empty() && older != current) understood = named(older, at(driver.older)) && understood;
        if (!current.empty() || !older.empty()) return understood;
        const std::string handle = driver.by_handle && from == CsiSource::persistent ? text(source_, "volumeHandle") : std::string();
        if (!handle.empty()) return named(handle, where_);
        // Which it is, the program in the pod says later.
        return record_unknown("oci", "what the driver " + std::string(driver.name) + " is asked for", at({}), context_);
    }

    bool hub() {
        const std::string id = attribute("sourceId");
        const std::string revision = attribute("revision");
        if (id.empty()) return record_unknown("hf", "what the driver " + std::string(kHubDriver) + " is asked for", at({}), context_);
        const bool bucket = ascii_lower(attribute("sourceType")) == "bucket";
        return record_hub_uri("hf://" + std::string(bucket ? "buckets/" : "") + id + (revision.empty() ? "" : "@" + revision), at("sourceId"), context_);
    }

    bool infer() {
        if (attributes_ == nullptr) return true;
        bool understood = true;
        for (const Tree::Entry& entry : attributes_->entries) {
            if (!entry.value.is_text() || !context_.has_room()) continue;
            const std::string value(trim(entry.value.text));
            const bool named_so = is_called_an_image(entry.key);
            const bool meant = names_an_artifact(value) || is_plainly_an_image(value) || (named_so && (looks_like_image(value) || is_template(value)));
            if (meant) understood = named(value, at(entry.key)) && understood;
        }
        return understood;
    }

    const Tree& source_;
    const Tree* attributes_;
    std::string_view key_;
    const Location& where_;
    IntakeContext& context_;
};

}  // namespace

bool record_csi(const Tree& csi, CsiSource source, const Location& where, IntakeContext& context) {
    return Volume(csi, "volumeAttributes", where, context).read(source);
}

bool record_flex(const Tree& flex, const Location& where, IntakeContext& context) {
    return Volume(flex, "options", where, context).read(CsiSource::inline_volume);
}

}  // namespace headgate::intake::kubernetes
