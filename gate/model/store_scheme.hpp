// store_scheme.hpp: URLs of stores of objects and volumes, whose first part is a bucket, a claim or an organisation and no host.
#pragma once

#include <string_view>

namespace headgate {

/// s3, gs, hdfs, webhdfs, pvc (a volume of a cluster), modelscope. What lies there is a model or data of one.
bool is_store_scheme(std::string_view scheme);

}  // namespace headgate
