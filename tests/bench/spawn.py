#!/usr/bin/env python3
"""spawn.py RUNS COMMAND...: median wall time in ms of RUNS runs, from fork to exit; two runs warm up. Prints
"MEDIAN MIN MAX". A run that ends with another exit code than the first one stops it."""
import os
import statistics
import sys
import time


def one(command, devnull):
    start = time.perf_counter_ns()
    # posix_spawn is vfork underneath: the interpreter's size is not part of the figure.
    pid = os.posix_spawnp(command[0], command, os.environ,
                          file_actions=[(os.POSIX_SPAWN_DUP2, devnull, fd) for fd in (0, 1, 2)])
    _, status = os.waitpid(pid, 0)
    return (time.perf_counter_ns() - start) / 1e6, status


def main():
    runs, command = int(sys.argv[1]), sys.argv[2:]
    devnull = os.open(os.devnull, os.O_RDWR)
    expected = [one(command, devnull)[1] for _ in range(2)][-1]
    if expected != 0:
        sys.exit(f"{command[0]} ends with status {expected}: nothing to measure")
    times = []
    for _ in range(runs):
        elapsed, status = one(command, devnull)
        if status != expected:
            sys.exit(f"{command[0]} ended with status {status}")
        times.append(elapsed)
    print(f"{statistics.median(times):.2f} {min(times):.2f} {max(times):.2f}")


if __name__ == "__main__":
    main()
