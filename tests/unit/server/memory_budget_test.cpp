#include "server/memory_budget.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

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

TEST_CASE("few wait, so that whoever needs nothing finds a thread") {
    MemoryBudget budget(100, 2, 4);
    const auto far = steady_clock::now() + std::chrono::seconds(30);
    std::vector<std::thread> waiting;
    std::atomic<int> found{0};
    {
        const auto first = budget.take(100, far);
        CHECK(first);
        std::atomic<int> begun{0};
        for (int i = 0; i < 2; ++i) {
            waiting.emplace_back([&] {
                ++begun;
                if (budget.take(10, far)) ++found;
            });
        }
        while (begun < 2) std::this_thread::yield();
        std::this_thread::sleep_for(milliseconds(20));
        const auto before = steady_clock::now();
        CHECK_FALSE(budget.take(10, far));                 // a third would wait: it is told at once
        CHECK(budget.take(0, far));
        CHECK(steady_clock::now() - before < std::chrono::seconds(10));
    }
    for (std::thread& one : waiting) one.join();
    CHECK(found == 2);
    CHECK(budget.take(100, steady_clock::now()));
}

TEST_CASE("however much room there is, one thread is left") {
    MemoryBudget budget = MemoryBudget::among(100, 4);
    const auto now = steady_clock::now();
    {
        const auto one = budget.take(1, now);
        const auto two = budget.take(1, now);
        const auto three = budget.take(1, now);
        CHECK((one && two && three));
        CHECK_FALSE(budget.take(1, now));
        CHECK(budget.take(0, now));
    }
    CHECK(budget.take(1, now));
    MemoryBudget alone = MemoryBudget::among(100, 1);
    CHECK(alone.take(100, now));
}
