// The one main of every unit test program (Catch2 2.13).
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
