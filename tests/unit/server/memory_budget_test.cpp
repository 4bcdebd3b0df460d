#include "server/memory_budget.hpp"

#include <catch2/catch.hpp>
#include <thread>

using namespace headgate::server;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST_CASE("what finds no room waits for it, until its deadline") {
    MemoryBudget budget(100);
    {
        const auto first = budget.take(60, steady_clock::now());
        CHECK(first);
        CHECK(budget.take(40, steady_clock::now()));
        CHECK(budget.take(0, steady_clock::now()));
        CHECK_FALSE(budget.take(41, steady_clock::now() + milliseconds(20)));
    }
    CHECK(budget.take(100, steady_clock::now()));
    const auto everything = budget.take(1'000, steady_clock::now());      // more than there is: alone
    CHECK(everything);
    CHECK_FALSE(budget.take(1, steady_clock::now()));
    CHECK(budget.take(0, steady_clock::now()));
}

TEST_CASE("who waits is woken when there is room") {
    MemoryBudget budget(100);
    bool found = false;
    std::thread other;
    {
        const auto first = budget.take(100, steady_clock::now());
        CHECK(first);
        other = std::thread([&] { found = static_cast<bool>(budget.take(50, steady_clock::now() + std::chrono::seconds(30))); });
        std::this_thread::sleep_for(milliseconds(20));
    }
    other.join();
    CHECK(found);
}
