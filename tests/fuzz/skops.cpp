// skops archives: the input is schema.json of an archive that holds nothing else, stored.
#include "codec/json.hpp"
#include "formats/zip.hpp"
#include "fuzz/container_oracle.hpp"
#include "recipes/zip_recipe.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    recipes::ZipRecipe zip;
    zip.add("schema.json", std::string(as_text({data, size})));
    const std::string archive = zip.build();
    fuzz::run(as_bytes(archive), "model.skops", formats::sniff_zip, formats::parse_zip);
    return 0;
}
