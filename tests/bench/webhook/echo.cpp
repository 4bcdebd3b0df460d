// echo.cpp: the measure of webhook.sh: cpp-httplib's TLS server as it comes, which answers every POST with the bytes that it got.
// echo CERTIFICATE KEY WORKERS; prints its port.
#include <httplib.h>

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    httplib::SSLServer server(argv[1], argv[2]);
    const auto workers = static_cast<std::size_t>(std::atoi(argv[3]));
    server.new_task_queue = [workers] { return new httplib::ThreadPool(workers); };
    server.set_tcp_nodelay(true);
    server.set_keep_alive_max_count(100'000'000);
    server.set_payload_max_length(8U << 20U);
    server.Post(".*", [](const httplib::Request& request, httplib::Response& response) { response.set_content(request.body, "application/json"); });
    const int port = server.bind_to_any_port("127.0.0.1");
    std::printf("%d\n", port);
    std::fflush(stdout);
    return port > 0 && server.listen_after_bind() ? 0 : 1;
}
