// serve_memory.cpp: how jemalloc treats memory in headgate-serve. A server's threads make thousands of small values for each review, and drop them all
// at its end, which glibc's malloc makes them wait for each other for. What was needed for a large body goes back when it is
// dropped (oversize_threshold, bytes), and what many small things needed after a second.
// https://jemalloc.net/jemalloc.3.html, "TUNING".
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:4,oversize_threshold:262144,dirty_decay_ms:1000,muzzy_decay_ms:0,metadata_thp:disabled";
}
